package io.tapsentinel.store;

import io.tapsentinel.config.Loopback;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Properties;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A PostgreSQL database, shared by several programs. Connections use TLS and check the server's name, except on this machine. A dead
 * server or client is noticed within {@value #SOCKET_SECONDS} seconds.
 */
final class PostgresDatabase implements Database {

    /** First key of all advisory locks, ASCII "TAPS"; the second key is the purpose. */
    private static final int OURS = 0x54415053;

    private static final String MIGRATION = "SELECT pg_advisory_xact_lock(" + OURS + ", 0)";
    private static final Pattern HOSTS = Pattern.compile("jdbc:postgresql://([^/?]+).*");
    /** Shown in pg_stat_activity: process id and pod. */
    private static final String NAME = "tap-sentinel " + ProcessHandle.current().pid() + " "
            + System.getenv().getOrDefault("HOSTNAME", "");
    /** The driver logs past our log configuration; errors arrive as exceptions. Kept in a field, or its level would be lost to GC. */
    private static final Logger DRIVER = Logger.getLogger("org.postgresql");
    /**
     * Overrides settings of the role or the database: no time-out ends a session that holds a lock, the connection to a vanished machine
     * ends soon (tcp_user_timeout covers unanswered data, which keepalives do not), and commits survive a power failure.
     */
    private static final String SESSION = "SELECT set_config(name, CASE name WHEN 'synchronous_commit' THEN 'on'"
            + " WHEN 'tcp_keepalives_idle' THEN '5' WHEN 'tcp_keepalives_interval' THEN '2' WHEN 'tcp_keepalives_count' THEN '2'"
            + " WHEN 'tcp_user_timeout' THEN '9000' ELSE '0' END, false) FROM pg_settings WHERE name IN ('tcp_keepalives_idle',"
            + " 'tcp_keepalives_interval', 'tcp_keepalives_count', 'tcp_user_timeout', 'statement_timeout', 'lock_timeout',"
            + " 'idle_in_transaction_session_timeout', 'idle_session_timeout', 'transaction_timeout')"
            + " OR name = 'synchronous_commit' AND setting = 'off'";

    private static final int CONNECT_SECONDS = 10;
    private static final int SOCKET_SECONDS = 30;

    private final StoreAddress address;

    PostgresDatabase(StoreAddress address) {
        DRIVER.setLevel(Level.OFF);
        this.address = address;
    }

    @Override
    public Connection connect() throws SQLException {
        Connection connection = DriverManager.getConnection(address.url(), properties());
        try (Statement statement = connection.createStatement()) {
            refuse(connection);
            statement.execute(SESSION);
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            connection.setAutoCommit(false);
            return connection;
        } catch (SQLException e) {
            close(connection);
            throw e;
        }
    }

    /** Refuses a standby, since locks on different servers do not exclude each other, and encodings other than UTF-8. */
    private static void refuse(Connection connection) throws SQLException {
        if (Sql.number(connection, "SELECT CASE WHEN pg_is_in_recovery() THEN 1 ELSE 0 END") == 1) {
            throw new SQLException(
                    "this server is a standby; use the primary in state.url, or list all servers with ?targetServerType=primary");
        }
        if (Sql.number(connection, "SELECT CASE WHEN current_setting('server_encoding') = 'UTF8' THEN 1 ELSE 0 END")
                == 0) {
            throw new SQLException(
                    "this database does not use UTF-8, which the ids of TAP's events need; create one WITH ENCODING 'UTF8'");
        }
    }

    /** A read-only connection that sees one snapshot. */
    Connection connectToRead() throws SQLException {
        Connection connection = DriverManager.getConnection(address.url(), properties());
        connection.setReadOnly(true);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        connection.setAutoCommit(false);
        return connection;
    }

    private Properties properties() {
        Properties properties = new Properties();
        properties.setProperty("user", address.user());
        properties.setProperty("password", address.password().get());
        properties.setProperty("ApplicationName", NAME);
        properties.setProperty("connectTimeout", String.valueOf(CONNECT_SECONDS));
        properties.setProperty("socketTimeout", String.valueOf(SOCKET_SECONDS));
        properties.setProperty("tcpKeepAlive", "true");
        if (!isLoopback(address.url())) {
            // URL parameters take precedence over these; StoreSettings rejects weaker ones
            properties.setProperty("sslmode", "verify-full");
            properties.setProperty("sslfactory", PostgresTls.class.getName());
            properties.setProperty("sslfactoryarg", address.authorities());
        }
        return properties;
    }

    /** Whether every server in a URL is this machine. No DNS lookup. */
    static boolean isLoopback(String url) {
        Matcher hosts = HOSTS.matcher(url);
        return hosts.matches()
                && Arrays.stream(hosts.group(1).split(","))
                        .allMatch(server -> Loopback.isName(server.replaceFirst(":\\d+$", "")));
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public void alone(Connection connection) throws SQLException {
        // another program's migration may take long
        connection.setNetworkTimeout(Runnable::run, 0);
        try (Statement statement = connection.createStatement()) {
            statement.execute(MIGRATION);
        }
    }

    @Override
    public long session(Connection connection) throws SQLException {
        return Sql.number(connection, "SELECT pg_backend_pid()");
    }

    @Override
    public boolean tryLock(Connection connection, String name) throws SQLException {
        return asked(connection, "pg_try_advisory_lock", name);
    }

    @Override
    public boolean unlock(Connection connection, String name) throws SQLException {
        return asked(connection, "pg_advisory_unlock", name);
    }

    private static boolean asked(Connection connection, String function, String name) throws SQLException {
        return Sql.number(
                        connection,
                        "SELECT CASE WHEN " + function + "(" + OURS + ", hashtext(?)) THEN 1 ELSE 0 END",
                        name)
                == 1;
    }

    @Override
    public boolean rollback(Connection connection) {
        try {
            connection.rollback();
            return !connection.isClosed();
        } catch (SQLException e) {
            // the original failure is more useful
            return false;
        }
    }

    /** A standby, or a managed server with a full disk, still answers reads, but Quartz cannot trigger polls. */
    @Override
    public void requireWritable(Connection connection) throws SQLException {
        if (Sql.number(connection, "SELECT CASE WHEN current_setting('transaction_read_only') = 'on' THEN 1 ELSE 0 END")
                == 1) {
            throw new SQLException(
                    "this server is read-only (transaction_read_only is on); make it writable, or use a writable one in state.url");
        }
    }

    @Override
    public long bytes(Connection connection) throws SQLException {
        return Sql.number(connection, "SELECT pg_database_size(current_database())");
    }

    @Override
    public void close() {
        // the caller closes its connections
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            // the connection was never used
        }
    }

    @Override
    public String toString() {
        return address.toString();
    }
}
