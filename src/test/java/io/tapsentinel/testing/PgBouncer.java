package io.tapsentinel.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/** A real PgBouncer in front of a PostgreSQL, which gives each transaction a session, whichever is free. */
public final class PgBouncer implements AutoCloseable {

    private static final Tool PGBOUNCER = new Tool("pgbouncer", "pgbouncer");

    private final Postgres postgres;
    private final int port;
    private final Process process;

    /** @throws IOException when it cannot be prepared */
    public PgBouncer(Postgres postgres, Path folder) throws IOException {
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
        // it refuses to be root
        List<String> command = new ArrayList<>(List.of(PGBOUNCER.name()));
        if ("root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("-u", "nobody"));
        }
        command.add(configuration.toString());
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    /** The way to a database through it, once it answers. */
    public String url(String direct) {
        String url = direct.replace(":" + postgres.port() + "/", ":" + port + "/");
        Awaitility.await("PgBouncer answers")
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
