package io.tapsentinel.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.testing.Children;
import io.tapsentinel.testing.FreePort;
import io.tapsentinel.testing.Postgres;
import io.tapsentinel.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server, database or role with an unsuitable configuration. */
@Tag("full")
class PostgresDatabaseIT {

    private static final List<String> OURS = List.of(
            "transaction_isolation",
            "statement_timeout",
            "lock_timeout",
            "idle_in_transaction_session_timeout",
            "idle_session_timeout",
            "synchronous_commit",
            "tcp_keepalives_idle",
            "tcp_keepalives_interval",
            "tcp_keepalives_count",
            "tcp_user_timeout");

    private final Postgres postgres = Postgres.shared();

    @Test
    void settingsOfTheRoleAreOverridden() throws SQLException {
        postgres.execute("CREATE ROLE impatient LOGIN PASSWORD '" + postgres.password() + "'");
        for (String setting : List.of(
                "default_transaction_isolation = 'serializable'",
                "statement_timeout = '1s'",
                "lock_timeout = '1s'",
                "idle_in_transaction_session_timeout = '1s'",
                "idle_session_timeout = '1s'",
                "synchronous_commit = 'off'")) {
            postgres.execute("ALTER ROLE impatient SET " + setting);
        }
        String url = postgres.newDatabase("OWNER impatient");

        try (Store store =
                Store.open(new StoreAddress(url, "impatient", postgres::password, ""), "tap", "https://tap.example")) {
            assertThat(store.<List<String>>transaction(PostgresDatabaseIT::settings))
                    .containsExactly("read committed", "0", "0", "0", "0", "on", "5", "2", "2", "9000");
        }
    }

    @Test
    void standbyIsRefusedAtEveryConnect() throws Exception {
        try (Postgres server = Postgres.start();
                Store store = Store.open(server.address(server.newDatabase()), "tap", "https://tap.example")) {
            server.standBy();
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(store.locks()::tryTake).isInstanceOf(StoreException.class);
            }
            assertThatThrownBy(store.locks()::tryTake)
                    .hasMessageContaining("this server is a standby")
                    .hasMessageContaining("targetServerType=primary");
        }
    }

    @Test
    void readOnlyServerIsAFailureAlthoughItAnswers() throws Exception {
        try (Postgres server = Postgres.start();
                Store store = Store.open(server.address(server.newDatabase()), "tap", "https://tap.example")) {
            assertThat(store.bytes()).isPositive();
            store.transaction(connection ->
                    connection.createStatement().execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"));

            assertThatThrownBy(store::bytes)
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("this server is read-only (transaction_read_only is on)");
        }
    }

    @Test
    void databaseWithoutUtf8IsRefused() throws SQLException {
        String ascii = postgres.newDatabase("TEMPLATE template0 ENCODING 'SQL_ASCII'");

        assertThatThrownBy(() -> open(ascii))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("ENCODING 'UTF8'");
    }

    @Test
    void startWaitsForAnotherMigrationAndKeepsTimeOuts() throws Exception {
        String url = postgres.newDatabase();
        CompletableFuture<Store> second;
        try (Connection first = new PostgresDatabase(postgres.address(url)).connect()) {
            new PostgresDatabase(postgres.address(url)).alone(first);
            assertThat(first.getNetworkTimeout()).isZero();
            StoreSchema.migrate(first, true);
            second = CompletableFuture.supplyAsync(() -> open(url));
            assertThat(second).isNotDone();
            first.commit();
        }
        try (Store store = second.get(30, TimeUnit.SECONDS)) {
            assertThat(store.<Integer>transaction(Connection::getNetworkTimeout))
                    .isEqualTo(30_000);
        }
    }

    @Test
    void transactionPoolerIsDetectedBeforeACommit(@TempDir Path folder) throws Exception {
        try (PgBouncer pool = new PgBouncer(postgres, folder)) {
            // as with a newer PgBouncer, which supports prepared statements
            String pooled = pool.url(postgres.newDatabase()) + "?prepareThreshold=0";
            try (Store store = open(pooled);
                    Connection other = postgres.connect(pooled)) {
                assertThat(store.locks().tryTake()).isTrue();
                store.transaction(connection -> null);
                other.setAutoCommit(false);
                other.createStatement().execute("SELECT 1");

                assertThatThrownBy(() -> store.transaction(connection -> null))
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining("gives each transaction another session")
                        .hasMessageContaining("a pooler between this program and the database");
                assertThatThrownBy(() -> store.transaction(connection -> null))
                        .hasMessageContaining("held the source's lock was lost");
            }
        }
    }

    private static List<String> settings(Connection connection) throws SQLException {
        List<String> values = new ArrayList<>();
        for (String name : OURS) {
            try (ResultSet row = connection.createStatement().executeQuery("SHOW " + name)) {
                row.next();
                values.add(row.getString(1));
            }
        }
        return values;
    }

    private Store open(String database) {
        return Store.open(postgres.address(database), "tap", "https://tap.example");
    }

    /** A real PgBouncer that gives each transaction any free session. */
    private static final class PgBouncer implements AutoCloseable {

        private static final Tool PGBOUNCER = new Tool("pgbouncer", "pgbouncer");

        private final Postgres postgres;
        private final int port;
        private final Process process;

        PgBouncer(Postgres postgres, Path folder) throws IOException {
            PGBOUNCER.require();
            this.postgres = postgres;
            port = FreePort.next();
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            Path configuration = Files.writeString(folder.resolve("pgbouncer.ini"), """
                    [databases]
                    * = host=127.0.0.1 port=%d user=%s password=%s
                    [pgbouncer]
                    listen_addr = 127.0.0.1
                    listen_port = %d
                    unix_socket_dir =
                    auth_type = any
                    pool_mode = transaction
                    ignore_startup_parameters = extra_float_digits
                    """.formatted(
                            postgres.port(), postgres.user(), postgres.password(), port));
            process = start(configuration, folder.resolve("output.txt"));
        }

        private static Process start(Path configuration, Path output) throws IOException {
            // PgBouncer refuses to run as root
            List<String> command = new ArrayList<>(List.of(PGBOUNCER.name()));
            if ("root".equals(System.getProperty("user.name"))) {
                command.addAll(List.of("-u", "nobody"));
            }
            command.add(configuration.toString());
            return Children.start(
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()));
        }

        /** Its address for a database; waits until it answers. */
        String url(String direct) {
            String url = direct.replace(":" + postgres.port() + "/", ":" + port + "/");
            await("PgBouncer answers")
                    .atMost(Duration.ofSeconds(20))
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(20))
                    .ignoreExceptions()
                    .until(() -> {
                        try (Connection connection = postgres.connect(url)) {
                            return connection.isValid(1);
                        }
                    });
            return url;
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
