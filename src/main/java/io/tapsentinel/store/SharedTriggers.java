package io.tapsentinel.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.postgresql.ds.PGSimpleDataSource;
import org.quartz.impl.jdbcjobstore.PostgreSQLDelegate;
import org.quartz.utils.ConnectionProvider;
import org.quartz.utils.DBConnectionManager;

/**
 * Keeps Quartz's triggers in the shared store: one replica fires each trigger, and another restarts the run of a dead replica within three
 * check-ins ({@value #CHECK_IN_MILLIS} ms) and Quartz's own 7.5 s.
 */
public final class SharedTriggers {

    private static final String NAME = "tap";
    private static final int CHECK_IN_MILLIS = 2_000;
    private static final int CONNECTIONS = 4;

    private SharedTriggers() {}

    /** Quartz's properties. Each source has its own triggers. Call after the store was opened, which creates the tables. */
    public static Map<String, Object> properties(StoreAddress address, String source) {
        DBConnectionManager.getInstance().addConnectionProvider(NAME, new Connections(new PostgresDatabase(address)));
        return Map.ofEntries(
                Map.entry("org.quartz.scheduler.instanceName", "tap-sentinel-" + source),
                Map.entry("org.quartz.scheduler.instanceId", "AUTO"),
                Map.entry("org.quartz.threadPool.threadCount", String.valueOf(CONNECTIONS)),
                Map.entry("org.quartz.jobStore.class", SharedJobStore.class.getName()),
                Map.entry("org.quartz.jobStore.driverDelegateClass", PostgreSQLDelegate.class.getName()),
                Map.entry("org.quartz.jobStore.dataSource", NAME),
                // strings only, so nothing is deserialized
                Map.entry("org.quartz.jobStore.useProperties", "true"),
                Map.entry("org.quartz.jobStore.isClustered", "true"),
                Map.entry("org.quartz.jobStore.clusterCheckinInterval", String.valueOf(CHECK_IN_MILLIS)));
    }

    /** A pool, since Quartz needs a connection every few seconds. Each new connection reads the password again. */
    private static final class Connections implements ConnectionProvider {

        private final HikariDataSource pool;

        private Connections(PostgresDatabase database) {
            HikariConfig config = new HikariConfig();
            config.setPoolName(NAME);
            config.setMaximumPoolSize(CONNECTIONS);
            config.setMinimumIdle(1);
            // errors are reported at first use
            config.setInitializationFailTimeout(-1);
            config.setDataSource(new PGSimpleDataSource() {

                @Override
                public Connection getConnection() throws SQLException {
                    return database.connect();
                }
            });
            pool = new HikariDataSource(config);
        }

        @Override
        public Connection getConnection() throws SQLException {
            return pool.getConnection();
        }

        @Override
        public void shutdown() {
            pool.close();
        }

        @Override
        public void initialize() {
            // the constructor created the pool
        }
    }
}
