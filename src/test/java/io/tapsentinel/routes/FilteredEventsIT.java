package io.tapsentinel.routes;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tapsentinel.Program;
import io.tapsentinel.metrics.Metrics;
import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.state.LedgerCount;
import io.tapsentinel.state.LedgerEntry;
import io.tapsentinel.state.LedgerEntry.Purpose;
import io.tapsentinel.tap.EventType;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.Trial;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped filter in the whole program: what it drops is counted, is missed by nobody, and lands when the filter has gone. */
class FilteredEventsIT {

    private static final String ROUTE = "before-messages-blocked";
    private static final Instant SEVEN = Instant.parse("2026-11-20T07:00:00Z");
    private static final Instant EIGHT = SEVEN.plus(Duration.ofHours(1));

    @TempDir
    Path folder;

    private Trial trial;

    @BeforeEach
    void open() throws Exception {
        trial = new Trial(
                folder,
                SandboxSettings.builder()
                        .seed(17)
                        .eventsPerHour(100)
                        .shareDocumented(0.2)
                        .build());
    }

    @AfterEach
    void close() throws Exception {
        trial.close();
    }

    @Test
    void theLedgerAndTheMetricCountEachReadOfWhatIsFiltered() throws Exception {
        RunningProgram program = filtering();
        assertThat(metric(program)).as("there before anything is filtered").isZero();
        program.poll().poll();

        assertThat(trial.reads()).hasSize(2);
        for (LedgerEntry read : trial.reads()) {
            Map<String, Long> blocked = read.counts().get(EventType.MESSAGES_BLOCKED.arrayName());
            assertThat(blocked.get(LedgerCount.FILTERED.word()))
                    .isEqualTo(filtered(0))
                    .isEqualTo(read.total(LedgerCount.FILTERED))
                    .isEqualTo(blocked.get(LedgerCount.filteredBy(ROUTE)));
        }
        assertThat(filtered(0)).isGreaterThan(3);
        assertThat(trial.rows()).hasSize(trial.firstHour().size() - (int) filtered(0));
        assertThat(Trial.surplus(trial.rows(), trial.firstHour())).as("twice").isEmpty();
        assertThat(number("SELECT sum(events) FROM ledger_count WHERE outcome = 'filtered-by-" + ROUTE + "'"))
                .isEqualTo(2 * filtered(0));
        assertThat(metric(program)).isEqualTo(2.0 * filtered(0));
    }

    @Test
    void withoutTheFilterTheNextReadBringsEachOfThemOnce() throws Exception {
        RunningProgram program = filtering().poll();
        assertThat(trial.rows()).hasSizeLessThan(trial.firstHour().size());
        program.stop();

        trial.start().poll().poll();

        assertThat(trial.reads().get(1).total(LedgerCount.NEW)).isEqualTo(filtered(0));
        assertThat(trial.reads().get(2).total(LedgerCount.NEW)).isZero();
        assertThat(trial.rows()).isEqualTo(trial.firstHour());
    }

    @Test
    void anHourMissesNothingOfWhatIsFilteredAndALaterSweepBringsItOnceTheFilterIsGone() throws Exception {
        trial.with("tap.poll.start", SEVEN.toString());
        RunningProgram program = filtering();
        readAll(program);
        program.sweep();
        LedgerEntry first = sweepOfTheHour();
        assertThat(first.total(LedgerCount.FILTERED)).isGreaterThan(3);
        List<String> truth = trial.truth(SEVEN, EIGHT, trial.clock().now());
        assertHour(truth.size() - first.total(LedgerCount.FILTERED));
        program.stop();

        trial.clock().advance(Duration.ofHours(6));
        program = trial.start();
        readAll(program);
        program.sweep();

        assertThat(sweepOfTheHour().total(LedgerCount.NEW)).isEqualTo(first.total(LedgerCount.FILTERED));
        assertHour(truth.size());
        assertThat(Trial.surplus(truth, trial.rows())).as("lost").isEmpty();
        Instant now = trial.clock().now();
        assertThat(Trial.surplus(trial.rows(), trial.truth(SEVEN.minus(Duration.ofHours(1)), now, now)))
                .as("twice")
                .isEmpty();
    }

    /** A program with routes of its own, whose filter is the one that the shipped file shows. */
    private RunningProgram filtering() throws Exception {
        Path own = Files.createDirectories(folder.resolve("routes"));
        for (Map.Entry<String, String> file : RouteFiles.packaged().texts().entrySet()) {
            Files.writeString(
                    own.resolve(file.getKey()),
                    file.getKey().equals(RoutesFixture.OPERATOR) ? OperatorExample.in(ROUTE) : file.getValue());
        }
        return trial.start(
                (settings, properties, clock, committed) -> new Program(settings, properties, clock, committed) {
                    @Override
                    protected Path routesFolder() {
                        return own;
                    }
                });
    }

    private void readAll(RunningProgram program) throws SQLException {
        do {
            program.poll();
        } while (number("SELECT count(*) FROM backlog") > 0 || number("SELECT count(*) FROM ledger") == 0);
    }

    private long filtered(int read) {
        return trial.reads().get(read).total(LedgerCount.FILTERED);
    }

    private LedgerEntry sweepOfTheHour() {
        return trial.reads().stream()
                .filter(read ->
                        read.purpose() == Purpose.SWEEP && read.window().to().equals(EIGHT))
                .reduce((earlier, later) -> later)
                .orElseThrow();
    }

    /** Nothing is missing in it, and it has so many events. */
    private void assertHour(long events) throws SQLException {
        String hour = " FROM sweep WHERE hour = " + SEVEN.toEpochMilli();
        assertThat(number("SELECT sum(theirs)" + hour)).isEqualTo(events);
        assertThat(number("SELECT sum(ours)" + hour)).isEqualTo(events);
    }

    private double metric(RunningProgram program) {
        String line = "tap_filtered_total{route=\"" + ROUTE + "\"} ";
        return program.camel()
                .getRegistry()
                .lookupByNameAndType(Metrics.REGISTRY, PrometheusMeterRegistry.class)
                .scrape()
                .lines()
                .filter(one -> one.startsWith(line))
                .mapToDouble(one -> Double.parseDouble(one.substring(line.length())))
                .findFirst()
                .orElseThrow();
    }

    private long number(String sql) throws SQLException {
        try (Connection store = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("state/tap.db"));
                ResultSet row = store.createStatement().executeQuery(sql)) {
            return row.getLong(1);
        }
    }
}
