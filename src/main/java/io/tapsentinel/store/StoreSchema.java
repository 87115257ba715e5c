package io.tapsentinel.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Checks the version of the tables and the service of the source. For the tables see {@link Migrations}. */
public final class StoreSchema {

    private StoreSchema() {}

    /** The version of this program. */
    public static int version() {
        return Migrations.ALL.size();
    }

    /**
     * Migrates an empty or older store to this version and refuses a newer one. Call in a transaction that excludes other programs.
     * Migrations only add, so a program of the previous version keeps working.
     *
     * @param shared whether several programs use the store
     */
    static void migrate(Connection connection, boolean shared) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)");
            int found = found(connection);
            if (found > version()) {
                throw tooNew(found);
            }
            for (int version = found + 1; version <= version(); version++) {
                for (String sql : Migrations.ALL.get(version - 1)) {
                    statement.execute(sql);
                }
                if (shared && Migrations.SHARED.containsKey(version)) {
                    for (String sql : Migrations.SHARED.get(version).get()) {
                        statement.execute(sql);
                    }
                }
            }
            statement.execute("DELETE FROM schema_version");
            statement.execute("INSERT INTO schema_version VALUES (" + version() + ")");
        }
    }

    /** Records the source's service; refuses a store of another service. */
    static void belongTo(Connection connection, String source, String url) throws SQLException {
        try (PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO source VALUES (?, ?) ON CONFLICT DO NOTHING");
                PreparedStatement select = connection.prepareStatement("SELECT url FROM source WHERE name = ?")) {
            insert.setString(1, source);
            insert.setString(2, url);
            insert.executeUpdate();
            select.setString(1, source);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                if (!row.getString(1).equals(url)) {
                    throw belongsTo(row.getString(1), url);
                }
            }
        }
    }

    public static StoreException tooNew(long found) {
        return new StoreException(
                "state.url: the store has version " + found + ", this program supports versions up to " + version()
                        + "; use the newer version of the program, or set another state.url");
    }

    public static StoreException belongsTo(String url, String wanted) {
        return new StoreException("state.url: the store belongs to tap.url " + url + ", not to " + wanted
                + "; set another state.url or tap.source");
    }

    /** The version of the existing tables; 0 for none. */
    public static int found(Connection connection) throws SQLException {
        try (ResultSet tables =
                connection.getMetaData().getTables(null, connection.getSchema(), "schema_version", null)) {
            return tables.next() ? (int) Sql.number(connection, "SELECT version FROM schema_version") : 0;
        }
    }
}
