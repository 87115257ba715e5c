package io.tapsentinel.trial;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
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
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * A real PostgreSQL on this machine, from the binaries that Maven brings. It refuses to run as root: then {@code setpriv} runs it as
 * nobody, in a folder of nobody's; where that cannot be, every test that needs it fails.
 */
public final class Postgres implements AutoCloseable {

    private static final String USER = "tap";
    private static final Duration SOON = Duration.ofSeconds(60);

    private final Path folder;
    private final int port;
    private final String password = UUID.randomUUID().toString();
    private final List<String> options = new ArrayList<>();
    private Process server;

    private Postgres(Path folder, int port) {
        this.folder = folder;
        this.port = port;
    }

    /** Starts one with an empty cluster. */
    public static Postgres start() throws IOException {
        Path folder = Files.createTempDirectory("tap-sentinel-postgres");
        Postgres postgres = new Postgres(folder, freePort());
        try {
            postgres.unpack();
            postgres.launch();
            return postgres;
        } catch (IOException | RuntimeException e) {
            postgres.close();
            throw e;
        }
    }

    /** Makes a database; returns its URL, which has no user and no password in it. */
    public String newDatabase() throws SQLException {
        return newDatabase("");
    }

    /** The same with what {@code CREATE DATABASE} can be told. */
    public String newDatabase(String options) throws SQLException {
        String name = "tap_" + UUID.randomUUID().toString().replace("-", "");
        try (Connection connection = connect(url("postgres")); Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name + " " + options);
        }
        return url(name);
    }

    public String user() {
        return USER;
    }

    public String password() {
        return password;
    }

    public Connection connect(String url) throws SQLException {
        return DriverManager.getConnection(url, USER, password);
    }

    /** Ends the sessions of a database of which this is true, by columns of {@code pg_stat_activity}; returns how many. */
    public int cut(String url, String which) throws SQLException {
        try (Connection connection = connect(url("postgres")); Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '"
                        + url.substring(url.lastIndexOf('/') + 1) + "' AND (" + which + ")")) {
            row.next();
            return row.getInt(1);
        }
    }

    /** Kills every process of the server, as when its machine loses power. */
    public void kill() {
        List<ProcessHandle> all = new ArrayList<>(server.descendants().toList());
        all.add(server.toHandle());
        all.forEach(ProcessHandle::destroyForcibly);
        Awaitility.await().atMost(SOON).until(() -> all.stream().noneMatch(ProcessHandle::isAlive));
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
        if (isRoot()) {
            run("chown", "nobody", secret.toString());
        }
        options.addAll(List.of("-c", "ssl=on", "-c", "ssl_cert_file=" + folder.resolve("server.pem"), "-c", "ssl_key_file=" + secret));
        startAgain();
    }

    /** Where it listens. */
    public int port() {
        return port;
    }

    @Override
    public void close() throws IOException {
        if (server != null) {
            kill();
        }
        run("rm", "-rf", folder.toString());
    }

    private void unpack() throws IOException {
        Path packed = folder.resolve("postgres.txz");
        try (InputStream binaries = Postgres.class.getResourceAsStream("/postgres-linux-x86_64.txz")) {
            Files.copy(binaries, packed);
        }
        run("tar", "-xJf", packed.toString(), "-C", folder.toString());
        Path secret = Files.writeString(folder.resolve("password"), password);
        if (isRoot()) {
            run("chown", "-R", "nobody", folder.toString());
        }
        run(unprivileged("bin/initdb", "-D", folder.resolve("data").toString(), "-U", USER, "--pwfile=" + secret, "--auth=scram-sha-256",
                "-E", "UTF8", "--no-locale", "--no-sync"));
    }

    private void launch() throws IOException {
        List<String> command = unprivileged("bin/postgres", "-D", folder.resolve("data").toString(), "-p", String.valueOf(port),
                "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "shared_buffers=32MB");
        command.addAll(options);
        server = new ProcessBuilder(command)
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile())).start();
        Awaitility.await("PostgreSQL answers").atMost(SOON).pollInterval(Duration.ofMillis(100)).ignoreExceptions().until(() -> {
            try (Connection connection = connect(url("postgres"))) {
                return connection.isValid(1);
            }
        });
    }

    private List<String> unprivileged(String program, String... arguments) {
        List<String> command = new ArrayList<>(isRoot() ? List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups") : List.of());
        command.add(folder.resolve(program).toString());
        command.addAll(List.of(arguments));
        return command;
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void run(String... command) throws IOException {
        run(List.of(command));
    }

    private static void run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        try {
            if (!process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException(command.get(0) + ": " + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
