/**
 * The durable store: SQLite or PostgreSQL through JDBC.
 * May use sentinel, tap and what is below them.
 * Read {@link io.tapsentinel.store.Store} first.
 */
package io.tapsentinel.store;
