package io.tapsentinel.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.Program;
import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.state.LedgerEntry;
import io.tapsentinel.tap.TimeRange;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.Trial;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.health.HealthCheck;

/** A trial of some sixty events an hour, and what tests ask of it when TAP misbehaves. */
final class SourceTrial implements AutoCloseable {

    /** Where the first start begins: settle and backfill before now. */
    static final Instant ORIGIN = Trial.START.minus(Duration.ofMinutes(61));

    final Trial trial;
    private final Path folder;

    SourceTrial(Path folder) throws IOException {
        this(folder, events());
    }

    SourceTrial(Path folder, SandboxSettings.Builder events) throws IOException {
        this.folder = folder;
        this.trial = new Trial(folder, events.build());
    }

    static SandboxSettings.Builder events() {
        return SandboxSettings.builder().seed(11).eventsPerHour(60).shareWithoutId(0.05);
    }

    static HealthCheck.Result health(RunningProgram program) {
        return program.program()
                .main()
                .getCamelContext()
                .getRegistry()
                .lookupByNameAndType("tap-health", HealthCheck.class)
                .call();
    }

    /** How far reading has come, as the store has it. */
    Instant progress() throws SQLException {
        return Instant.ofEpochMilli(number("SELECT read_to FROM progress"));
    }

    /** Requests that the budget has counted. */
    long counted() throws SQLException {
        return number("SELECT count(*) FROM request_log");
    }

    /** Gaps as the store has them, oldest first. */
    List<TimeRange> gaps() throws SQLException {
        return ranges("SELECT from_at, to_at FROM gap ORDER BY from_at");
    }

    /** What is owed, as the store has it, oldest first. */
    List<TimeRange> backlog() throws SQLException {
        return ranges("SELECT from_at, to_at FROM backlog ORDER BY from_at");
    }

    /** A program whose clock is so far ahead of TAP's; less than zero for behind. */
    static Trial.Maker ahead(Duration by) {
        return (settings, properties, clock, committed) ->
                new Program(settings, properties, Clock.offset(clock, by), committed);
    }

    private List<TimeRange> ranges(String sql) throws SQLException {
        List<TimeRange> ranges = new ArrayList<>();
        try (Connection store = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("state/tap.db"));
                ResultSet rows = store.createStatement().executeQuery(sql)) {
            while (rows.next()) {
                ranges.add(new TimeRange(Instant.ofEpochMilli(rows.getLong(1)), Instant.ofEpochMilli(rows.getLong(2))));
            }
        }
        return ranges;
    }

    /** A whole number that the store holds. */
    long number(String sql) throws SQLException {
        try (Connection store = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("state/tap.db"));
                ResultSet row = store.createStatement().executeQuery(sql)) {
            return row.getLong(1);
        }
    }

    /** All of the time since the origin that was read is in the tables, every event once. */
    void assertEverythingLandedOnce() {
        LedgerEntry fresh = trial.reads().stream()
                .filter(read -> read.purpose() == LedgerEntry.Purpose.POLL)
                .reduce((earlier, later) -> later)
                .orElseThrow();
        List<String> truth = trial.truth(ORIGIN, fresh.window().to(), fresh.readAt());
        assertThat(truth).hasSizeGreaterThan(30);
        assertThat(Trial.surplus(truth, trial.rows())).as("lost").isEmpty();
        assertNothingTwice();
    }

    void assertNothingTwice() {
        List<String> possible =
                trial.truth(ORIGIN, trial.clock().now(), trial.clock().now());
        assertThat(Trial.surplus(trial.rows(), possible))
                .as("twice, or never there")
                .isEmpty();
    }

    @Override
    public void close() throws Exception {
        trial.close();
    }
}
