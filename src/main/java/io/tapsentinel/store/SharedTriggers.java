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
 * Has Quartz keep its triggers in the shared store, so that of all programs one fires each, and another restarts the run of one
 * that died within three times {@value #CHECK_IN_MILLIS} ms and Quartz's own 7.5 s.
 */
public final class SharedTriggers {

    private static final String NAME = "tap";
    private static final int CHECK_IN_MILLIS = 2_000;
    private static final int CONNECTIONS = 4;

    private SharedTriggers() {}

    /** What Quartz has to know; the triggers of each source are its own. Call it once the store was opened, which makes the tables. */
    public static Map<String, Object> properties(StoreAddress address, String source) {
        DBConnectionManager.getInstance().addConnectionProvider(NAME, new Connections(new PostgresDatabase(address)));
        return Map.ofEntries(
                Map.entry("org.quartz.scheduler.instanceName", "tap-sentinel-" + source),
                Map.entry("org.quartz.scheduler.instanceId", "AUTO"),
                Map.entry("org.quartz.threadPool.threadCount", String.valueOf(CONNECTIONS)),
                Map.entry("org.quartz.jobStore.class", SharedJobStore.class.getName()),
                Map.entry("org.quartz.jobStore.driverDelegateClass", PostgreSQLDelegate.class.getName()),
                Map.entry("org.quartz.jobStore.dataSource", NAME),
                // texts only, so that nothing has to be deserialized
                Map.entry("org.quartz.jobStore.useProperties", "true"),
                Map.entry("org.quartz.jobStore.isClustered", "true"),
                Map.entry("org.quartz.jobStore.clusterCheckinInterval", String.valueOf(CHECK_IN_MILLIS)));
    }

    /** A pool, since Quartz asks for a connection every few seconds; its password is asked for at each new one. */
    private static final class Connections implements ConnectionProvider {

        private final HikariDataSource pool;

        private Connections(PostgresDatabase database) {
            HikariConfig config = new HikariConfig();
            config.setPoolName(NAME);
            config.setMaximumPoolSize(CONNECTIONS);
            config.setMinimumIdle(1);
            // the first use says what is wrong
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
            // the pool is there
        }
    }
}
