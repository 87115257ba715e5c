package io.tapsentinel.testing;

import io.tapsentinel.store.StoreAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A real PostgreSQL server from binaries that Maven downloads. Most tests use a database of {@link #shared()}; tests that kill or change
 * the server start their own.
 */
public final class Postgres implements AutoCloseable {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration OFTEN = Duration.ofMillis(20);
    private static final Set<Postgres> RUNNING = ConcurrentHashMap.newKeySet();
    private static Postgres shared;

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Postgres::stopAll));
    }

    private final Path folder;
    private final int port = FreePort.next();
    private final String password;
    private final List<String> options = new ArrayList<>();
    private Process server;

    private Postgres() throws IOException {
        folder = PostgresFiles.ours().newCluster();
        password = PostgresFiles.ours().password();
        launch();
    }

    /** Starts a server with an empty cluster. */
    public static Postgres start() throws IOException {
        return new Postgres();
    }

    /** A server shared by all tests of this JVM. */
    public static synchronized Postgres shared() {
        if (shared == null) {
            try {
                shared = start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return shared;
    }

    /** Creates a database; returns its URL without user and password. */
    public String newDatabase() throws SQLException {
        return newDatabase("");
    }

    /** The same with options of {@code CREATE DATABASE}. */
    public String newDatabase(String options) throws SQLException {
        String name = "tap_" + UUID.randomUUID().toString().replace("-", "");
        execute("CREATE DATABASE " + name + " " + options);
        return url(name);
    }

    /** Drops a database despite open connections. */
    public void drop(String url) throws SQLException {
        execute("DROP DATABASE " + name(url) + " WITH (FORCE)");
    }

    /** Runs a statement that concerns the whole server. */
    public void execute(String sql) throws SQLException {
        try (Connection connection = connect(url("postgres"));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    public String user() {
        return PostgresFiles.USER;
    }

    public String password() {
        return password;
    }

    /** Address of a store in this database. */
    public StoreAddress address(String url) {
        return new StoreAddress(url, user(), this::password, "");
    }

    public Connection connect(String url) throws SQLException {
        return DriverManager.getConnection(url, user(), password);
    }

    /** Ends the sessions that match a condition on {@code pg_stat_activity}; returns their number. */
    public int cut(String url, String which) throws SQLException {
        try (Connection connection = connect(url("postgres"));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '" + name(url)
                                + "' AND (" + which + ")")) {
            row.next();
            return row.getInt(1);
        }
    }

    /** Kills all processes of the server, like a power failure. */
    public void kill() {
        refuseIfShared();
        end();
    }

    /** Pauses all its processes: connections stay open and are accepted, but nothing answers. */
    public void hang() {
        refuseIfShared();
        signal("-STOP");
    }

    /** Lets it continue. */
    public void goOn() {
        signal("-CONT");
    }

    private void signal(String signal) {
        // the parent first: it restarts children
        Stream.concat(Stream.of(server.toHandle()), server.descendants())
                .forEach(process -> CommandResult.of("kill", signal, String.valueOf(process.pid())));
    }

    /** Restarts it with its data. */
    public void startAgain() throws IOException {
        Files.deleteIfExists(folder.resolve("data/postmaster.pid"));
        launch();
    }

    /** Restarts it as a standby, which answers but refuses writes. */
    public void standBy() throws IOException {
        kill();
        Files.createFile(folder.resolve("data/standby.signal"));
        startAgain();
    }

    /** Enables TLS with this certificate and key in PEM. */
    public void encrypt(String certificate, String key) throws IOException {
        kill();
        Files.writeString(folder.resolve("server.pem"), certificate);
        Path secret = Files.writeString(folder.resolve("server.key"), key);
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        PostgresFiles.giveToUnprivileged(secret);
        options.addAll(List.of(
                "-c", "ssl=on", "-c", "ssl_cert_file=" + folder.resolve("server.pem"), "-c", "ssl_key_file=" + secret));
        startAgain();
    }

    /** Its port. */
    public int port() {
        return port;
    }

    @Override
    public void close() {
        kill();
        RUNNING.remove(this);
    }

    private void refuseIfShared() {
        if (this == shared) {
            throw new IllegalStateException("other tests need this server; start another one");
        }
    }

    private void launch() throws IOException {
        List<String> command = PostgresFiles.ours()
                .command("postgres", "-D", folder.resolve("data").toString(), "-p", String.valueOf(port));
        // fsync is not needed: files of a killed process are safe while the machine runs
        command.addAll(
                List.of("-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c shared_buffers=32MB -c fsync=off"
                        .split(" ")));
        command.addAll(options);
        Path log = folder.resolve("log");
        server = Children.start(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())));
        RUNNING.add(this);
        Awaitility.await("PostgreSQL answers")
                .atMost(SOON)
                .pollDelay(Duration.ZERO)
                .pollInterval(OFTEN)
                .until(() -> !server.isAlive() || answers());
        if (!server.isAlive()) {
            throw new IOException("PostgreSQL cannot be started: " + Files.readString(log));
        }
    }

    private boolean answers() {
        try (Connection connection = connect(url("postgres"))) {
            return connection.isValid(1);
        } catch (SQLException e) {
            // not started yet
            return false;
        }
    }

    private void end() {
        // pause first: a running server restarts killed processes, which would outlive it
        if (server.isAlive()) {
            CommandResult.of("kill", "-STOP", String.valueOf(server.pid()));
        }
        List<ProcessHandle> all = new ArrayList<>(server.descendants().toList());
        all.add(server.toHandle());
        all.forEach(ProcessHandle::destroyForcibly);
        Awaitility.await()
                .atMost(SOON)
                .pollDelay(Duration.ZERO)
                .pollInterval(OFTEN)
                .until(() -> all.stream().noneMatch(ProcessHandle::isAlive));
    }

    private static void stopAll() {
        RUNNING.forEach(Postgres::end);
        try {
            PostgresFiles.ours().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(String url) {
        return url.substring(url.lastIndexOf('/') + 1);
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }
}
