/** Settings of the PostgreSQL that tests use. Apart from database.ts because the test run itself uses it, outside of tap. */

/** Speed before durability: what a test database holds is thrown away anyway. */
export const testSettings = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  shared_buffers: '128MB',
  max_connections: '300',
};
