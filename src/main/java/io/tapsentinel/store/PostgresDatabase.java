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
 * A PostgreSQL database that several programs share. Connections are encrypted and the server's name is checked, unless it is this
 * machine; a server or a client that is no longer there is noticed within {@value #SOCKET_SECONDS} seconds.
 */
final class PostgresDatabase implements Database {

    /** The first of both numbers of an advisory lock, by the letters TAPS; the second is what it is for. */
    private static final int OURS = 0x54415053;

    private static final String MIGRATION = "SELECT pg_advisory_xact_lock(" + OURS + ", 0)";
    private static final Pattern HOSTS = Pattern.compile("jdbc:postgresql://([^/?]+).*");
    /** In pg_stat_activity: which process it is, and in which pod. */
    private static final String NAME = "tap-sentinel " + ProcessHandle.current().pid() + " "
            + System.getenv().getOrDefault("HOSTNAME", "");
    /** The driver's own log goes past ours; what matters of it comes as an exception. Held, or it would forget its level. */
    private static final Logger DRIVER = Logger.getLogger("org.postgresql");
    /**
     * What a role or a database may have set otherwise: a lock of a session ends with nothing but its connection, that ends soon when
     * the machine is gone without a word (also while it owes an answer to what was sent, which keepalives do not count), and what was
     * committed outlives a power cut.
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

    /** Else a connection to a server that was the primary one would be kept, and locks of different servers keep nobody apart. */
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

    /** A connection that only reads, all of it as it was at one moment. */
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
            // parameters of the URL would win over these; Settings refuses those that say less
            properties.setProperty("sslmode", "verify-full");
            properties.setProperty("sslfactory", PostgresTls.class.getName());
            properties.setProperty("sslfactoryarg", address.authorities());
        }
        return properties;
    }

    /** Whether every server that a URL names is this machine; nothing is asked of a name server. */
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
        // whoever is before us may need long
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
            // the failure that led here tells more
            return false;
        }
    }

    /** A standby, or a managed server with a full disk, still answers reads, while Quartz can trigger no poll. */
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
        // connections are the caller's
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            // it never was of use
        }
    }

    @Override
    public String toString() {
        return address.toString();
    }
}
