package io.tapsentinel.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapsentinel.event.BrokenEventLife;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.Outcome;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.read.DueRead;
import io.tapsentinel.read.WindowFailedException;
import io.tapsentinel.read.WindowRead;
import io.tapsentinel.read.WindowReadFixture;
import io.tapsentinel.store.Sql;
import io.tapsentinel.store.Store;
import io.tapsentinel.store.keys.SeenKeys;
import io.tapsentinel.store.ledger.Completeness;
import io.tapsentinel.store.ledger.HourKeys;
import io.tapsentinel.store.ledger.LedgerCount;
import io.tapsentinel.store.ledger.ReadState;
import io.tapsentinel.tap.answer.TapEventReader;
import io.tapsentinel.tap.plan.Coverage;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.testing.Claim;
import io.tapsentinel.testing.MovableClock;
import io.tapsentinel.testing.OlderStores;
import io.tapsentinel.testing.TestDatabase;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Reads answers again whose events a store of version 7 knows by keys that are no longer computed. Version 7 confused
 * the events named second threat and second half with other events.
 */
class FormerKeysTest {

    static final String OFF = "tap";
    static final String ON = "updates";
    static final Duration LOOKED_UP = Duration.ofDays(9);

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant END = Instant.parse("2026-11-28T20:00:00Z");
    private static final Instant HOUR = Instant.parse("2026-11-28T19:00:00Z");

    @TempDir
    Path folder;

    final MovableClock clock = new MovableClock(Instant.parse("2026-11-28T20:30:00Z"));
    private final List<Store> open = new ArrayList<>();
    Store store;
    SeenKeys seen;

    @BeforeEach
    void makeOldStore() throws Exception {
        OlderStores.version7(folder.resolve("state/tap.db"));
    }

    @AfterEach
    void close() {
        open.forEach(Store::close);
        open.clear();
    }

    /** Starts the next process. */
    void start(String source, int keysInMemory) {
        close();
        store = open(source);
        seen = new SeenKeys(store, keysInMemory, source.equals(ON), clock);
    }

    Store open(String source) {
        Store opened =
                Store.open(TestDatabase.address(folder.resolve("state/tap.db")), source, "https://tap.example.com");
        open.add(opened);
        return opened;
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, 2})
    void deliveredEventIsDuplicateAndConfusedEventIsNew(int keysInMemory) throws Exception {
        start(OFF, keysInMemory);

        Read first = read(OlderStores.answer(2));

        assertThat(first.sent)
                .containsExactlyInAnyOrder(
                        "clicksBlocked second threat",
                        "messagesBlocked second half",
                        "messagesDelivered delivered [t3, t2]");
        assertThat(first.total(LedgerCount.CHANGED))
                .as("all verdicts were known")
                .isZero();
        assertThat(first.total(LedgerCount.FILTERED)).isZero();
        assertThat(read(OlderStores.answer(2)).sent).isEmpty();
        assertThat(read(OlderStores.answer(1)).sent).as("earlier verdicts").isEmpty();
        start(OFF, keysInMemory);
        assertThat(read(OlderStores.answer(2)).sent).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, 2})
    void eventSentAsChangeOfAnotherIsADuplicateWithUpdates(int keysInMemory) throws Exception {
        start(ON, keysInMemory);

        for (int answer : new int[] {2, 1, 2}) {
            Read read = read(OlderStores.answer(answer));
            assertThat(read.sent).isEmpty();
            assertThat(read.total(LedgerCount.FILTERED)).isZero();
        }
    }

    @Test
    void orderInTheAnswerDoesNotMatter() throws Exception {
        start(OFF, 1_000);

        assertThat(read(reversed(OlderStores.answer(1))).sent).hasSize(3);
        assertThat(read(OlderStores.answer(1)).sent).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void newStatusCountsAsOneChangeUnderTheNewKey(boolean updates) throws Exception {
        start(updates ? ON : OFF, 1_000);
        byte[] answer = only(
                "odd-time",
                message -> message.withArray("/threatsInfoMap")
                        .forEach(threat -> ((ObjectNode) threat).put("threatStatus", "cleared")));

        Read first = read(answer);

        assertThat(first.total(LedgerCount.CHANGED_STATUS)).isEqualTo(1);
        assertThat(first.total(LedgerCount.CHANGED)).isEqualTo(1);
        assertThat(first.sent).hasSize(updates ? 1 : 0);
        assertThat(read(answer).total(LedgerCount.DUPLICATE)).isEqualTo(1);
        start(updates ? ON : OFF, 1_000);
        assertThat(read(answer).total(LedgerCount.DUPLICATE)).isEqualTo(1);
        assertThat(count("SELECT count(*) FROM version WHERE source = '" + store.source()
                        + "' AND key NOT IN (SELECT key FROM seen WHERE source = '" + store.source() + "')"))
                .as("versions without a key")
                .isZero();
    }

    @Test
    void oldRowsAreNotChanged() throws Exception {
        start(OFF, 1_000);
        String sum = "SELECT sum(last_seen + rejected + verdict / 1000) FROM seen WHERE first_seen = 1795896060000"
                + " AND last_seen < " + clock.millis();
        long before = count(sum);
        clock.advance(Duration.ofDays(1));

        read(only("odd-time", message -> {}));

        assertThat(count(sum)).isEqualTo(before);
    }

    @Test
    void keyIsAdoptedBeforeItsSweepIsCounted() throws Exception {
        start(OFF, 1_000);
        Completeness completeness = new Completeness(store);
        TimeRange window = new TimeRange(HOUR, END);
        WindowRead sweep = new WindowRead(
                new DueRead.Sweep(
                        window,
                        Coverage.ALL,
                        new HourKeys(),
                        new HourKeys(),
                        HOUR,
                        END,
                        new ReadState(store, clock),
                        completeness),
                clock.instant(),
                seen,
                () -> false);

        new Read(sweep, OlderStores.answer(2));

        assertThat(store.<List<Completeness.Hour>>transaction(c -> Completeness.recorded(c, OFF, HOUR)))
                .as("adopted in the sweep's transaction")
                .allMatch(hour -> hour.missing() == 0)
                .anyMatch(hour ->
                        hour.stream().equals("messagesDelivered") && hour.keys().theirs() == 2);
        assertThat(completeness.check(HOUR)).allMatch(hour -> hour.missing() == 0);
    }

    @Test
    void keysSweptByAnOlderVersionAreFound() {
        start(OFF, 1_000);

        assertThat(new Completeness(store).check(HOUR))
                .hasSize(4)
                .allMatch(hour -> hour.missing() == 0 && hour.keys().theirs() > 0);
    }

    @Test
    void oldKeysAreLookedUpForNineDaysAfterTheFirstStart() throws Exception {
        start(OFF, 1_000);
        clock.advance(LOOKED_UP.minusSeconds(1));
        start(OFF, 1_000);
        assertThat(Claim.of(seen, event("odd-time"))).isEqualTo(Claim.DELIVERED);

        clock.advance(Duration.ofSeconds(1));

        assertThat(Claim.of(seen, event("odd-time"))).isEqualTo(Claim.NEW);
        assertThat(Claim.of(seen, event("with-id"))).as("its key stays").isEqualTo(Claim.DELIVERED);
    }

    @Test
    void newStoreLooksUpNoOldKeys() throws Exception {
        try (Store fresh = TestDatabase.open(folder.resolve("fresh/tap.db"))) {
            SeenKeys keys = new SeenKeys(fresh, 1_000, clock);
            // an event whose key equals the old key of another
            TapEvent odd = event("odd-time");
            keys.delivered(
                    0,
                    List.of(new TapEvent(
                            odd.getType(), odd.getFormer(), odd.getVerdict(), END, new HashMap<>(Map.of("id", "1")))));

            assertThat(Claim.of(keys, odd)).isEqualTo(Claim.NEW);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void twoEventsOfAnUnknownOldKeyAreBothSent(boolean reversed) throws Exception {
        byte[] answer = OlderStores.answer(1);
        try (Store fresh = TestDatabase.open(folder.resolve("fresh/tap.db"))) {
            store = fresh;
            seen = new SeenKeys(fresh, 1_000, clock);
            Read read = read(reversed ? reversed(answer) : answer);
            assertThat(read.total(LedgerCount.DUPLICATE_INSIDE)).isZero();
            assertThat(read.total(LedgerCount.FILTERED)).isEqualTo(2);
            assertThat(read(answer).sent).isEmpty();
        }
    }

    @Test
    void retriedReadSendsNothingTwice() throws Exception {
        start(OFF, 1_000);
        WindowRead lost = window();
        Read first = new Read(lost, OlderStores.answer(2), false);
        assertThatThrownBy(lost::commit).isInstanceOf(WindowFailedException.class);
        start(OFF, 1_000);

        assertThat(read(OlderStores.answer(2)).sent).isEmpty();
        assertThat(first.sent).hasSize(3);
    }

    @Test
    void rejectedRecordWithOldKeyIsListedAndReplayedOnce() throws Exception {
        start(OFF, 1_000);
        String listed = "SELECT count(*) FROM seen WHERE source = 'tap' AND rejected = 1";
        read(OlderStores.answer(2));
        assertThat(count(listed)).isEqualTo(1);
        Map<String, Object> document = document("refused");

        TapEvent replayed = ReplayedRecord.event(document, seen);
        assertThat(Claim.of(seen, replayed)).isEqualTo(Claim.NEW);
        Claim.deliver(seen, replayed);

        assertThat(count(listed)).isZero();
        assertThat(Claim.of(seen, ReplayedRecord.event(document, seen))).isEqualTo(Claim.DELIVERED);
        assertThat(read(OlderStores.answer(2)).sent).isEmpty();
    }

    @Test
    void rejectedRecordNotReadSinceIsReplayedOnce() throws Exception {
        start(OFF, 1_000);
        Map<String, Object> document = document("refused");

        TapEvent again = ReplayedRecord.event(document, seen);
        assertThat(Claim.of(seen, again)).isEqualTo(Claim.NEW);
        Claim.reject(seen, again);
        assertThat(count("SELECT count(*) FROM seen WHERE source = 'tap' AND rejected = 1"))
                .as("listed only by its new key")
                .isEqualTo(1);
        TapEvent replayed = ReplayedRecord.event(document, seen);
        assertThat(Claim.of(seen, replayed)).isEqualTo(Claim.NEW);
        Claim.deliver(seen, replayed);

        assertThat(Claim.of(seen, ReplayedRecord.event(document, seen))).isEqualTo(Claim.DELIVERED);
        assertThat(count("SELECT count(*) FROM seen WHERE source = 'tap' AND rejected <> 0"))
                .isZero();
    }

    @Test
    void documentOfAnotherEventMatchesNeitherKey() throws Exception {
        start(OFF, 1_000);
        Map<String, Object> document = document("refused");
        document.put("key", event("odd-time").getFormer().toString());

        assertThatThrownBy(() -> ReplayedRecord.event(document, seen)).isInstanceOf(ReplayRefusedException.class);
    }

    private Map<String, Object> document(String guid) throws IOException {
        TapEvent event = event(guid);
        return new HashMap<>(Map.of(
                "reason", "refused",
                "type", event.getType().arrayName(),
                "key", event.getFormer().toString(),
                "record", event.getFields()));
    }

    Read read(byte[] answer) throws IOException {
        WindowRead window = window();
        return new Read(window, answer);
    }

    private WindowRead window() {
        clock.advance(Duration.ofSeconds(1));
        return new WindowRead(
                new DueRead.Replay(new TimeRange(HOUR, END), Map.of(), new ReadState(store, clock), seen),
                clock.instant(),
                seen,
                () -> false);
    }

    /** Reads one answer like a poll, with simulated routes: all keys are reserved before the first is acknowledged. */
    final class Read {

        final List<String> sent = new ArrayList<>();
        private final WindowRead window;

        private Read(WindowRead window, byte[] answer) throws IOException {
            this(window, answer, true);
            window.commit();
        }

        /** @param whole whether its last event is settled too */
        private Read(WindowRead window, byte[] answer, boolean whole) throws IOException {
            this.window = window;
            List<TapEvent> batch = new ArrayList<>();
            List<TapEvent> handed = new ArrayList<>();
            window.events(events(answer).iterator()).forEachRemaining(event -> {
                handed.add(event);
                BrokenEventLife.put(event, outcome(event, batch));
            });
            for (TapEvent event : batch) {
                seen.delivered(seen.sending(List.of(event)), List.of(event));
                sent.add(event.getType().arrayName() + " " + name(event));
            }
            handed.subList(0, handed.size() - (whole ? 0 : 1))
                    .forEach(event -> window.settled(event, null, WindowReadFixture.NO_CAUSE));
        }

        private Outcome outcome(TapEvent event, List<TapEvent> batch) {
            if ("filtered".equals(event.getFields().get("userAgent"))) {
                return seen.durable().isDone(event) ? Outcome.DUPLICATE : Outcome.FILTERED;
            }
            return switch (Claim.of(seen, event)) {
                case NEW, CHANGED -> {
                    batch.add(event);
                    yield Outcome.DELIVERED;
                }
                case RESERVED -> Outcome.DUPLICATE_OF_RESERVED;
                case DELIVERED -> Outcome.DUPLICATE;
            };
        }

        long total(LedgerCount what) {
            return window.entry().total(what);
        }
    }

    private static String name(TapEvent event) {
        Map<String, Object> fields = event.getFields();
        if (event.getType() != EventType.MESSAGES_DELIVERED) {
            return String.valueOf(fields.getOrDefault("subject", fields.get("userAgent")));
        }
        List<?> threats = (List<?>) fields.get("threatsInfoMap");
        return fields.get("subject") + " "
                + threats.stream()
                        .map(threat -> ((Map<?, ?>) threat).get("threatID"))
                        .toList();
    }

    static TapEvent event(String guid) throws IOException {
        return events(OlderStores.answer(1)).stream()
                .filter(event -> guid.equals(event.getFields().get("GUID")))
                .findFirst()
                .orElseThrow();
    }

    static List<TapEvent> events(byte[] answer) throws IOException {
        List<TapEvent> events = new ArrayList<>();
        try (TapEventReader reader =
                new TapEventReader(() -> new ByteArrayInputStream(answer), END, TapEventReader.Others.NONE)) {
            reader.forEachRemaining(events::add);
        }
        return events;
    }

    private static byte[] reversed(byte[] answer) throws IOException {
        JsonNode document = JSON.readTree(answer);
        document.forEach(array -> {
            if (array instanceof ArrayNode events) {
                List<JsonNode> all = new ArrayList<>();
                events.forEach(all::add);
                Collections.reverse(all);
                events.removeAll().addAll(all);
            }
        });
        return JSON.writeValueAsBytes(document);
    }

    /** The first answer with only this event, changed. */
    static byte[] only(String guid, Consumer<ObjectNode> change) throws IOException {
        JsonNode document = JSON.readTree(OlderStores.answer(1));
        document.forEach(array -> {
            if (array instanceof ArrayNode events) {
                List<JsonNode> those = new ArrayList<>();
                events.forEach(event -> {
                    if (guid.equals(event.path("GUID").asText())) {
                        change.accept((ObjectNode) event);
                        those.add(event);
                    }
                });
                events.removeAll().addAll(those);
            }
        });
        return JSON.writeValueAsBytes(document);
    }

    long count(String sql) {
        return store.transaction(connection -> Sql.number(connection, sql));
    }
}
