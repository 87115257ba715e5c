package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.Postgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;

/** Several packaged programs on one database, each in its own folder, and the services they use. */
final class Replicas implements AutoCloseable {

    private static final String HOLDER = "SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid)"
            + " WHERE locktype = 'advisory' AND granted AND datname = current_database()";

    private final Postgres postgres;
    private final String url;
    private final Path folder;
    private final LiveServices services;
    private final List<PackagedProgram> all = new ArrayList<>();

    Replicas(Postgres postgres, Path folder, SandboxSettings settings, Duration history) throws Exception {
        this.postgres = postgres;
        this.folder = folder;
        this.url = postgres.newDatabase();
        this.services = new LiveServices(settings, history);
    }

    LiveServices services() {
        return services;
    }

    String url() {
        return url;
    }

    /** Starts another. */
    PackagedProgram start() throws IOException {
        return start(PackagedProgram.PACKAGED);
    }

    /** Starts another, from this jar. */
    PackagedProgram start(Path jar) throws IOException {
        PackagedProgram program = services.launch(folder.resolve("replica-" + all.size()))
                .jar(jar)
                .with("state.url", url)
                .with("state.user", postgres.user())
                .with("state.password", postgres.password())
                .start();
        all.add(program);
        return program;
    }

    /** The replica that holds the source's lock; empty while none reads. */
    Optional<PackagedProgram> reader() throws SQLException {
        try (Connection connection = postgres.connect(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(HOLDER)) {
            if (!row.next()) {
                return Optional.empty();
            }
            long pid = Long.parseLong(row.getString(1).split(" ")[1]);
            return all.stream().filter(program -> program.pid() == pid).findFirst();
        }
    }

    /** Ends the connection that holds the source's lock. */
    int cutTheReader() throws SQLException {
        return postgres.cut(url, "pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')");
    }

    /** The windows that any replica committed. */
    List<MatchResult> committed() {
        return all.stream()
                .flatMap(program -> program.found(LiveServices.COMMITTED).stream())
                .toList();
    }

    /** Ids of records that Sentinel may hold twice. */
    Set<String> possibleDuplicates() throws SQLException {
        Set<String> ids = new HashSet<>();
        try (Connection connection = postgres.connect(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT id FROM possible_duplicate")) {
            while (rows.next()) {
                ids.add(rows.getString(1));
            }
        }
        return ids;
    }

    /** Returns how many rows are in the tables more than once, and checks that the store lists them all. */
    int assertThatDuplicatesAreListed() throws SQLException {
        Set<String> seen = new HashSet<>();
        List<String> duplicates =
                services.tables().rows().stream().filter(row -> !seen.add(row)).toList();
        Set<String> listed = possibleDuplicates();
        assertThat(duplicates)
                .as("twice and not listed")
                .allMatch(row -> listed.stream().anyMatch(row::contains));
        return duplicates.size();
    }

    @Override
    public void close() {
        all.forEach(PackagedProgram::close);
        services.close();
    }
}
