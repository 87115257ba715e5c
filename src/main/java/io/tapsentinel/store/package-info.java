/**
 * What has to survive a restart: one JDBC store, in SQLite or PostgreSQL.
 * May use sentinel, tap and what is below them.
 * Read {@link io.tapsentinel.store.Store} first.
 */
package io.tapsentinel.store;
