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
 * A real PostgreSQL on this machine, from the binaries that Maven downloads. Most tests need only a database of their own and take it from
 * {@link #shared()}; a test that kills or changes the server starts its own.
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

    /** Starts one with an empty cluster. */
    public static Postgres start() throws IOException {
        return new Postgres();
    }

    /** One for all tests of this JVM, until it ends. */
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

    /** Makes a database; returns its URL, which has no user and no password in it. */
    public String newDatabase() throws SQLException {
        return newDatabase("");
    }

    /** The same with what {@code CREATE DATABASE} can be told. */
    public String newDatabase(String options) throws SQLException {
        String name = "tap_" + UUID.randomUUID().toString().replace("-", "");
        execute("CREATE DATABASE " + name + " " + options);
        return url(name);
    }

    /** Drops a database, whoever is connected to it. */
    public void drop(String url) throws SQLException {
        execute("DROP DATABASE " + name(url) + " WITH (FORCE)");
    }

    /** Runs a statement that is about the server, not about one database. */
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

    /** A store in this database. */
    public StoreAddress address(String url) {
        return new StoreAddress(url, user(), this::password, "");
    }

    public Connection connect(String url) throws SQLException {
        return DriverManager.getConnection(url, user(), password);
    }

    /** Ends the sessions of a database of which this is true, by columns of {@code pg_stat_activity}; returns how many. */
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

    /** Kills every process of the server, as when its machine loses power. */
    public void kill() {
        refuseIfShared();
        end();
    }

    /** Stops all its processes: connections stand and are accepted, and nothing answers. */
    public void hang() {
        refuseIfShared();
        signal("-STOP");
    }

    /** Lets it continue. */
    public void goOn() {
        signal("-CONT");
    }

    private void signal(String signal) {
        // the parent first, since it starts others while it runs
        Stream.concat(Stream.of(server.toHandle()), server.descendants())
                .forEach(process -> CommandResult.of("kill", signal, String.valueOf(process.pid())));
    }

    /** Starts it again with what it had. */
    public void startAgain() throws IOException {
        Files.deleteIfExists(folder.resolve("data/postmaster.pid"));
        launch();
    }

    /** From now on it follows another server, which nobody knows: it answers, and takes nothing. */
    public void standBy() throws IOException {
        kill();
        Files.createFile(folder.resolve("data/standby.signal"));
        startAgain();
    }

    /** From now on connections may be encrypted, with these in PEM. */
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

    /** Where it listens. */
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
        // without fsync what a killed process has written is there all the same, since the machine stays on
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
            // not yet
            return false;
        }
    }

    private void end() {
        // stopped first: a running server that misses one of its processes starts others, which outlive it
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
