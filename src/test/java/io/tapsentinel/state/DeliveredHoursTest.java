package io.tapsentinel.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapsentinel.tap.EventIdentity;
import io.tapsentinel.tap.EventType;
import io.tapsentinel.tap.Handling;
import io.tapsentinel.tap.Progress;
import io.tapsentinel.tap.TapEvent;
import io.tapsentinel.trial.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeliveredHoursTest {

    private static final EventType TYPE = EventType.CLICKS_BLOCKED;
    private static final Instant NINE = Instant.parse("2026-11-20T09:00:00Z");
    private static final Instant TEN = NINE.plus(Duration.ofHours(1));
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    @TempDir
    Path folder;
    private final MutableClock clock = new MutableClock(NOON);
    private Store store;
    private SeenKeys seen;
    private int ids;

    @BeforeEach
    void open() {
        open("tap");
    }

    private void open(String source) {
        store = Store.open(url(), source, "https://tap.example.com");
        seen = new SeenKeys(store, 1_000, true, clock);
        if (new ReadState(store, clock).progress().isEmpty()) {
            new ReadState(store, clock).begin(new Progress(NINE, Instant.parse("2026-11-20T11:59:00Z")));
        }
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void rowsCountInTheHourOfTheirEventAcrossBatchesAndRestarts() {
        seen.delivered(0, List.of(event(TYPE, NINE), event(TYPE, TEN.minusMillis(1)), event(TYPE, TEN), event(EventType.MESSAGES_BLOCKED, TEN)));
        close();
        open();
        seen.delivered(0, List.of(event(TYPE, NINE.plusSeconds(5)), event(TYPE, NINE.plusSeconds(6))));

        assertThat(counts()).isEqualTo(Map.of("09 clicksBlocked", 4L, "10 clicksBlocked", 1L, "10 messagesBlocked", 1L));
    }

    @Test
    void anotherSourceOfTheSameStoreHasItsOwnHours() {
        seen.delivered(0, List.of(event(TYPE, NINE), event(TYPE, TEN)));
        close();
        open("other");
        assertThat(counts()).isEmpty();
        seen.delivered(0, List.of(event(TYPE, NINE)));
        clock.advance(ReadState.LEDGER_KEPT.plusDays(1));
        new ReadState(store, clock).prune();
        assertThat(counts()).isEmpty();
        close();
        open();

        assertThat(counts()).isEqualTo(Map.of("09 clicksBlocked", 1L, "10 clicksBlocked", 1L));
    }

    @Test
    void aRowCountsInTheHourThatItsColumnsTell() {
        TapEvent moved = event(TYPE, NINE);
        Handling.mapped(moved, TEN);
        seen.delivered(0, List.of(moved));

        assertThat(counts()).isEqualTo(Map.of("10 clicksBlocked", 1L));
    }

    @Test
    void onlyHoursThatWereReadFromTheirBeginningToTheirEndAreTold() {
        assertThat(hours()).as("read from 9:00 to 11:59, of all tables, also when nothing happened").containsExactly("09", "09", "09", "09", "10", "10", "10", "10");
        new ReadState(store, clock).begin(new Progress(NINE.plusMillis(1), NOON));
        assertThat(hours()).containsExactly("10", "10", "10", "10", "11", "11", "11", "11");
        assertThat(new DeliveredHours(store).closed(TEN.plusMillis(1))).extracting(DeliveredHours.Hour::hour).containsOnly(NOON.minus(Duration.ofHours(1)));
    }

    @Test
    @Tag(TestDatabase.ONE)
    void aBatchWhoseKeysAreNotKeptIsNotCounted() throws SQLException {
        execute("CREATE TRIGGER no BEFORE INSERT ON seen BEGIN SELECT RAISE(ABORT, 'no'); END");
        assertThatThrownBy(() -> seen.delivered(0, List.of(event(TYPE, NINE)))).isInstanceOf(StoreException.class);
        assertThat(counts()).isEmpty();
    }

    @Test
    void aChangeIsOneMoreRowAndARejectedRecordIsNone() {
        TapEvent first = event(TYPE, NINE);
        seen.delivered(0, List.of(first));
        TapEvent changed = new TapEvent(TYPE, first.getKey(), 7, NINE, first.getFields());
        assertThat(seen.claim(changed)).isEqualTo(SeenKeys.Claim.CHANGED);
        seen.delivered(0, List.of(changed));
        seen.rejected(event(TYPE, NINE));

        assertThat(counts()).isEqualTo(Map.of("09 clicksBlocked", 2L));
    }

    @Test
    @Tag(TestDatabase.ONE)
    void anUpgradedStoreTellsOfHoursThatBeganAfterItCounts() throws SQLException {
        clock.advance(Duration.ofMinutes(-90));
        seen.delivered(0, List.of(event(TYPE, NINE), event(TYPE, TEN)));
        olderVersion();
        new ReadState(store, clock).begin(new Progress(NINE, NOON.plus(Duration.ofHours(1))));
        seen.delivered(0, List.of(event(TYPE, TEN), event(TYPE, TEN.plus(Duration.ofHours(1)))));

        assertThat(hours()).containsExactly("11", "11", "11", "11", "12", "12", "12", "12");
        assertThat(counts()).isEqualTo(Map.of("11 clicksBlocked", 1L));
    }

    @Test
    @Tag(TestDatabase.ONE)
    void anUpgradedStoreCountsAfterChangesAndReadsToo() throws SQLException {
        TapEvent first = event(TYPE, NINE);
        clock.advance(Duration.ofHours(-3));
        seen.delivered(0, List.of(first));
        clock.advance(Duration.ofHours(2));
        TapEvent changed = new TapEvent(TYPE, first.getKey(), 7, TEN, first.getFields());
        assertThat(seen.claim(changed)).isEqualTo(SeenKeys.Claim.CHANGED);
        seen.delivered(0, List.of(changed));
        olderVersion();
        assertThat(hours()).as("a changed event was one more row at 11:00, its key is of 9:00").isEmpty();
        execute("DELETE FROM version", "DELETE FROM seen", "INSERT INTO ledger VALUES ('tap', " + TEN.minusSeconds(1).toEpochMilli() + ", 0, 0, 'replay')");
        olderVersion();
        assertThat(hours()).as("what was rejected before and brought in before 10:00 left nothing in seen").containsExactly("10", "10", "10", "10");
    }

    @Test
    void hoursAreForgottenWithTheLedger() throws SQLException {
        seen.delivered(0, List.of(event(TYPE, NINE), event(TYPE, TEN)));
        clock.advance(ReadState.LEDGER_KEPT.minusHours(2));
        new ReadState(store, clock).prune();

        assertThat(counts()).isEqualTo(Map.of("10 clicksBlocked", 1L));
    }

    private void olderVersion() throws SQLException {
        close();
        execute("DROP TABLE delivered_hour", "DROP TABLE counted_since", "DROP TABLE replayed", "DROP TABLE gained",
                "DROP TABLE gained_last", "UPDATE schema_version SET version = 3");
        open();
    }

    private TapEvent event(EventType type, Instant time) {
        Map<String, Object> fields = Map.of("id", "id-" + ids++);
        return new TapEvent(type, EventIdentity.of(type, fields), 1, time, fields);
    }

    private Map<String, Long> counts() {
        return new DeliveredHours(store).closed(Instant.EPOCH).stream().filter(hour -> hour.delivered() > 0)
                .collect(Collectors.toMap(hour -> hour(hour) + " " + hour.type().arrayName(), DeliveredHours.Hour::delivered));
    }

    private List<String> hours() {
        return new DeliveredHours(store).closed(Instant.EPOCH).stream().map(DeliveredHoursTest::hour).toList();
    }

    private static String hour(DeliveredHours.Hour hour) {
        return hour.hour().toString().substring(11, 13);
    }

    private StoreAddress url() {
        return TestDatabase.address(folder.resolve("tap.db"));
    }

    private void execute(String... all) throws SQLException {
        try (Connection connection = TestDatabase.connect(folder.resolve("tap.db")); Statement statement = connection.createStatement()) {
            for (String sql : all) {
                statement.execute(sql);
            }
        }
    }
}
