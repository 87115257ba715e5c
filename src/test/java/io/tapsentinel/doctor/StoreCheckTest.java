package io.tapsentinel.doctor;

import static io.tapsentinel.doctor.DoctorSetup.NOW;
import static io.tapsentinel.doctor.DoctorSetup.line;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.doctor.Finding.Mark;
import io.tapsentinel.event.EventType;
import io.tapsentinel.sentinel.batch.SuspensionLog.Suspended;
import io.tapsentinel.store.Store;
import io.tapsentinel.store.ledger.Deferrals;
import io.tapsentinel.store.ledger.HourKeys;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.store.ledger.RequestBudget;
import io.tapsentinel.store.ledger.SuspensionTable;
import io.tapsentinel.tap.api.TapClock;
import io.tapsentinel.tap.plan.Pool;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.testing.Events;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every test also checks that the doctor changes no file. */
class StoreCheckTest {

    @TempDir
    Path folder;

    private final DoctorSetup setup = new DoctorSetup(() -> folder);

    @Test
    void missingStoreIsOkBecauseTheFirstStartCreatesIt() throws IOException {
        assertThat(finding(Mark.OK)).startsWith("no store yet at " + setup.file() + "; ");
    }

    @Test
    void existingStoreIsShownWithItsVersion() throws IOException {
        open("tap").close();

        assertThat(finding(Mark.OK))
                .startsWith(setup.file() + ", version ")
                .doesNotContain("in use", "upgraded", "no data of source");
    }

    @Test
    void storeInUseIsOkAndItsProcessIsNamed() throws IOException {
        try (Store store = open("tap")) {
            assertThat(finding(Mark.OK))
                    .contains(", in use by process " + ProcessHandle.current().pid() + " since ");
            assertThat(store.failure()).isEmpty();
        }
    }

    @Test
    void suspendedTableIsAProblemAndCatchingUpIsOk() {
        TimeRange waiting = new TimeRange(NOW.minus(Duration.ofHours(2)), NOW);
        try (Store store = open("tap")) {
            HourKeys keys = new HourKeys();
            keys.add(Events.event(EventType.CLICKS_BLOCKED, "1").ref());
            keys.add(Events.event(EventType.CLICKS_PERMITTED, "2").ref());
            store.transaction(connection -> {
                new Deferrals(store, setup.clock()).deferred(connection, waiting, keys);
                return null;
            });
            new SuspensionTable(store)
                    .suspended(
                            EventType.CLICKS_BLOCKED,
                            new Suspended(waiting.from(), NOW.plusSeconds(600), 6, "Sentinel answered 503"));
        }
        assertThat(DoctorSetup.lines(store()))
                .satisfiesExactly(
                        first -> assertThat(first).startsWith("✓ store: "),
                        second -> assertThat(second)
                                .isEqualTo(
                                        "✓ catching up: ProofPointTAPClicksPermittedV2_CL is catching up from 10:00 UTC:"
                                                + " 1 event is deferred and being read from TAP again."),
                        third -> assertThat(third)
                                .startsWith("✗ suspended table: ProofPointTAPClicksBlockedV2_CL has been suspended for"
                                        + " 2 h (since 10:00 UTC): ")
                                .contains("1 event is deferred; next probe at the first poll after 12:10 UTC."
                                        + " Check Azure's status page"));
    }

    @Test
    void olderStoreWithoutSuspensionTablesIsOk() throws Exception {
        open("tap").close();
        execute("UPDATE schema_version SET version = 1", "DROP TABLE suspended", "DROP TABLE deferred");
        assertThat(finding(Mark.OK)).contains("version 1, upgraded by the next start");
    }

    @Test
    void endedOrReusedProcessIdIsNotAHolder() throws IOException {
        try (Store store = open("tap")) {
            for (String gone : new String[] {
                "process 999999999 since " + NOW,
                "process " + ProcessHandle.current().pid() + " since 2020-01-01T00:00:00Z",
                "?"
            }) {
                Files.writeString(Path.of(setup.file() + ".lock"), gone + "\n");
                assertThat(finding(Mark.OK)).doesNotContain("in use");
            }
        }
    }

    @Test
    void olderStoreIsUpgradedByTheNextStart() throws Exception {
        open("tap").close();
        execute("UPDATE schema_version SET version = 1");
        assertThat(finding(Mark.OK)).contains("version 1, upgraded by the next start");
    }

    @Test
    void storeThatLostCommitsIsOkAndTheLossIsExplained() throws Exception {
        open("tap").close();
        Path copy = Files.copy(setup.file(), folder.resolve("copy.db"));
        try (Store store = open("tap")) {
            assertThat(finding(Mark.OK)).doesNotContain("lacks");
            assertThat(store.lacking()).isEmpty();
        }
        Files.write(setup.file(), Files.readAllBytes(copy));
        assertThat(finding(Mark.OK)).contains("; it lacks at least 1 commit", "may be sent twice");

        Files.delete(setup.file());
        assertThat(finding(Mark.OK)).startsWith("no store yet").contains("; it lacks at least 2 commits");
    }

    @Test
    void newerStoreIsAProblemWhateverItsTables() throws Exception {
        open("tap").close();
        execute("UPDATE schema_version SET version = 99", "DROP TABLE request_log", "DROP TABLE source");

        assertThat(finding(Mark.PROBLEM)).contains("has version 99").contains("use the newer version of the program");
    }

    @Test
    void storeOfAnotherTapUrlIsAProblemAndANewSourceIsOk() throws IOException {
        open("tap").close();

        assertThat(finding(Mark.OK, setup.with("tap.source", "second"))).contains("no data of source second yet");
        setup.with("tap.source", "tap").with("tap.url", "https://tap.example.org");
        assertThat(finding(Mark.PROBLEM))
                .contains("belongs to tap.url https://tap.example.com, not to https://tap.example.org");
    }

    @Test
    void corruptFileOrFileInPlaceOfTheFolderIsAProblem() throws IOException {
        Files.createDirectories(setup.file().getParent());
        Files.writeString(setup.file(), "not a database ".repeat(1_000));
        assertThat(finding(Mark.PROBLEM)).contains(setup.file() + " cannot be read");

        Files.delete(setup.file());
        Files.delete(setup.file().getParent());
        Files.writeString(setup.file().getParent(), "");
        assertThat(finding(Mark.PROBLEM)).contains(setup.file().getParent() + " is not a folder");
    }

    @Test
    void wrongStateUrlSkipsTheCheck() throws IOException {
        assertThat(finding(Mark.SKIPPED, setup.with("state.url", "jdbc:postgresql://db/tap")))
                .isEqualTo(ConfigurationCheck.INCOMPLETE);
    }

    @Test
    void budgetCountsTheRequestsOfTheLast24Hours() throws IOException {
        try (Store store = open("tap")) {
            RequestBudget budget = new RequestBudget(store, 1_800, 30, 288, new TapClock(setup.clock()), setup.clock());
            setup.clock().advance(Duration.ofHours(-25));
            budget.take(Pool.EVERYTHING_ELSE, Purpose.POLL);
            setup.clock().advance(Duration.ofHours(25));
            for (int i = 0; i < 70; i++) {
                budget.take(Pool.EVERYTHING_ELSE, i % 2 == 0 ? Purpose.POLL : Purpose.SWEEP);
            }
            budget.take(Pool.CLICKS_PERMITTED, Purpose.POLL);
            assertThat(line(Mark.OK, budget())).contains("1,730 for everything-else and 1,799 for clicks-permitted");
        }
        setup.with("tap.budget.requests-per-day", "70");
        assertThat(line(Mark.PROBLEM, budget())).startsWith("all 70 requests of the last 24 hours are used");
    }

    private BudgetCheck budget() throws IOException {
        StoreCheck store = store();
        finding(Mark.OK, store);
        return new BudgetCheck(store, new TapCheck(setup.configuration(), null, setup.clock()));
    }

    @Test
    void unreadableStoreSkipsTheBudget() throws IOException {
        Files.createDirectories(setup.file().getParent());
        Files.writeString(setup.file(), "not a database ".repeat(1_000));
        StoreCheck store = store();
        finding(Mark.PROBLEM, store);

        assertThat(line(Mark.SKIPPED, new BudgetCheck(store, new TapCheck(setup.configuration(), null, setup.clock()))))
                .contains("counted in the store");
    }

    private String finding(Mark mark) throws IOException {
        return finding(mark, store());
    }

    private String finding(Mark mark, DoctorSetup changed) throws IOException {
        return finding(mark, new StoreCheck(changed.properties(), changed.configuration(), changed.clock()));
    }

    private String finding(Mark mark, StoreCheck check) throws IOException {
        Map<Path, FileTime> before = files();
        String text = line(mark, check);
        assertThat(files()).as("files and their modification times").isEqualTo(before);
        return text;
    }

    private StoreCheck store() {
        ConfigurationCheck configuration = setup.configuration();
        DoctorSetup.findings(configuration);
        return new StoreCheck(setup.properties(), configuration, setup.clock());
    }

    private Store open(String source) {
        return Store.open("jdbc:sqlite:" + setup.file(), source, "https://tap.example.com");
    }

    private void execute(String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + setup.file());
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private Map<Path, FileTime> files() throws IOException {
        Map<Path, FileTime> times = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.toList()) {
                times.put(each, Files.getLastModifiedTime(each));
            }
        }
        return times;
    }
}
