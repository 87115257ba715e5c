package io.tapsentinel.report;

import static io.tapsentinel.CommandSetup.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.CommandSetup;
import io.tapsentinel.event.EventKey;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.rejected.RejectedDocument;
import io.tapsentinel.sentinel.batch.RejectedRecord.Reason;
import io.tapsentinel.sentinel.batch.SuspensionLog.Suspended;
import io.tapsentinel.store.Store;
import io.tapsentinel.store.keys.SeenKeys;
import io.tapsentinel.store.ledger.Deferrals;
import io.tapsentinel.store.ledger.HourKeys;
import io.tapsentinel.store.ledger.ReadState;
import io.tapsentinel.store.ledger.SuspensionTable;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.testing.Events;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands {@code gaps} and {@code rejected}. */
class ListsTest {

    private static final EventType TYPE = EventType.CLICKS_BLOCKED;
    private static final String TABLE = "ProofPointTAPClicksBlockedV2_CL";
    private static final String HIDDEN = "hidden-content";

    @TempDir
    Path folder;

    private final CommandSetup setup = new CommandSetup(() -> folder);
    private final TapEvent refused = Events.event(TYPE, HIDDEN + "-1");

    @Test
    void gapsAreListedOldestFirst() {
        try (Store store = setup.open()) {
            TimeRange later = new TimeRange(NOW.minus(Duration.ofDays(8)), NOW.minus(Duration.ofDays(7)));
            TimeRange earlier = new TimeRange(
                    NOW.minus(Duration.ofDays(10)),
                    NOW.minus(Duration.ofDays(10)).plusSeconds(90));
            new ReadState(store, setup.clock()).expire(List.of(later, earlier));
        }
        assertThat(setup.run("gaps").lines())
                .satisfiesExactly(
                        gap -> assertThat(gap)
                                .matches(
                                        "2026-11-10T12:00:00Z\t2026-11-10T12:01:30Z\t1 min 30 s\t[^\t]*TAP keeps\t2026-11-20T12:00:00Z"),
                        gap -> assertThat(gap)
                                .matches(
                                        "2026-11-12T12:00:00Z\t2026-11-13T12:00:00Z\t1 d\t[^\t]*TAP keeps\t2026-11-20T12:00:00Z"));
        assertThat(setup.notes()).isEmpty();
    }

    @Test
    void gapOfOneTableNamesTheTable() {
        try (Store store = setup.open()) {
            TimeRange lost = new TimeRange(NOW.minus(Duration.ofDays(8)), NOW.minus(Duration.ofDays(7)));
            Deferrals deferrals = new Deferrals(store, setup.clock());
            HourKeys keys = new HourKeys();
            keys.add(Events.event(TYPE, "1").ref());
            store.transaction(connection -> deferrals.deferred(connection, lost, keys));
            deferrals.expire(TYPE, List.of(lost));
        }
        assertThat(setup.run("gaps"))
                .isEqualTo("2026-11-12T12:00:00Z\t2026-11-13T12:00:00Z\t1 d\t" + TABLE
                        + " was suspended for longer than the 7 days that TAP keeps\t2026-11-20T12:00:00Z\n");
    }

    @Test
    void deferredTimeAndWithdrawnEventsAreListedAfterTheGaps() {
        EventKey key = Events.event(TYPE, "gone").getKey();
        TimeRange waiting = new TimeRange(NOW.minus(Duration.ofHours(2)), NOW.minus(Duration.ofHours(1)));
        EventType other = EventType.MESSAGES_DELIVERED;
        try (Store store = setup.open()) {
            defer(store, waiting, Events.event(TYPE, "gone"));
            Deferrals deferrals = new Deferrals(store, setup.clock());
            store.transaction(connection -> deferrals.caughtUp(connection, TYPE, waiting, false));
            defer(store, waiting, Events.event(TYPE, "1"), Events.event(other, "2"));
            new SuspensionTable(store)
                    .suspended(
                            TYPE,
                            new Suspended(NOW.minus(Duration.ofHours(2)), NOW, 6, "Sentinel answered 404 NotFound"));
        }
        assertThat(setup.run("gaps").lines())
                .containsExactly(
                        "suspended\t" + TABLE + "\t" + TABLE
                                + " has been suspended for 2 h (since 10:00 UTC): Sentinel answered 404 NotFound. 1 event is deferred;"
                                + " next probe at the next poll. Check sentinel.dcr-immutable-id and"
                                + " sentinel.endpoint against the data collection rule; the other tables go on,"
                                + " and TAP keeps the events for 7 days.",
                        "waiting\t" + TABLE + "\t2026-11-20T10:00:00Z\t2026-11-20T11:00:00Z\t1 h",
                        "catching-up\t" + other.table() + "\t" + other.table()
                                + " is catching up from 10:00 UTC: 1 event is deferred and being read from TAP again.",
                        "waiting\t" + other.table() + "\t2026-11-20T10:00:00Z\t2026-11-20T11:00:00Z\t1 h",
                        "withdrawn\t" + TABLE + "\t" + key + "\t2026-11-20T12:00:00Z");
        assertThat(setup.notes()).isEqualTo("no gaps");
    }

    private void defer(Store store, TimeRange window, TapEvent... events) {
        HourKeys keys = new HourKeys();
        for (TapEvent event : events) {
            keys.add(event.ref());
        }
        store.transaction(connection -> {
            new Deferrals(store, setup.clock()).deferred(connection, window, keys);
            return null;
        });
    }

    @Test
    void emptyListsPrintANoteToStderrOnly() {
        setup.open().close();
        assertThat(setup.run("gaps")).isEmpty();
        assertThat(setup.notes()).isEqualTo("no gaps");
        assertThat(setup.run("rejected")).isEmpty();
        assertThat(setup.notes()).isEqualTo("no rejected records");
        assertThat(setup.run("duplicates")).isEmpty();
        assertThat(setup.notes()).isEqualTo("no possible duplicates");
    }

    @Test
    void rejectedRecordIsListedWithReasonAndCodeOfItsDocument() throws IOException {
        reject();
        String file = document(TYPE.arrayName(), refused.getKey().toString(), Reason.REFUSED, "\"InvalidRecord\"");
        assertThat(rejected())
                .containsExactly(
                        TABLE + "\t" + refused.getKey() + "\t2026-11-20T11:00:00Z\trefused\tInvalidRecord\t" + file);
    }

    @Test
    void twoDocumentsOfOneKeyAreBothListed() throws IOException {
        reject();
        String key = refused.getKey().toString();
        String one = document(TYPE.arrayName(), key, Reason.REFUSED, "null");
        String other = document(TYPE.arrayName(), key + "-0123456789abcdef", Reason.REFUSED, "null");
        assertThat(rejected())
                .containsExactly(
                        TABLE + "\t" + key + "\t2026-11-20T11:00:00Z\trefused\t-\t" + one,
                        TABLE + "\t" + key + "\t2026-11-20T11:00:00Z\trefused\t-\t" + other);
    }

    @Test
    void withoutAFolderRecordsAreListedFromTheStore() throws IOException {
        reject();
        document(TYPE.arrayName(), refused.getKey().toString(), Reason.REFUSED, "\"InvalidRecord\"");
        setup.with("tap.rejected.uri", "azure-storage-blob:account/rejected");
        assertThat(rejected()).containsExactly(TABLE + "\t" + refused.getKey() + "\t2026-11-20T12:00:00Z\t-\t-\t-");
    }

    @Test
    void recordWithoutItsDocumentIsListedFromTheStore() {
        reject();
        assertThat(rejected()).containsExactly(TABLE + "\t" + refused.getKey() + "\t2026-11-20T12:00:00Z\t-\t-\t-");
    }

    @Test
    void documentsWithoutARowAreListed() throws IOException {
        try (Store store = setup.open()) {
            // delivered with cut values
            new SeenKeys(store, 1_000, setup.clock()).delivered(0, List.of(refused));
        }
        String capped = document(TYPE.arrayName(), refused.getKey().toString(), Reason.CAPPED, "null");
        String unknown = document("messagesQuarantined", "0".repeat(32), Reason.UNKNOWN_TYPE, "null");
        assertThat(rejected())
                .containsExactlyInAnyOrder(
                        TABLE + "\t" + refused.getKey() + "\t2026-11-20T11:00:00Z\tcapped\t-\t" + capped,
                        "messagesQuarantined\t" + "0".repeat(32) + "\t2026-11-20T11:00:00Z\tunknown-type\t-\t"
                                + unknown);
    }

    @Test
    void unknownTypeIsListedOnceUnderItsOwnName() throws IOException {
        EventKey named = Events.event(TYPE, "2").getKey();
        EventKey other = Events.event(TYPE, "3").getKey();
        try (Store store = setup.open()) {
            SeenKeys seen = new SeenKeys(store, 1_000, setup.clock());
            seen.rejected(Map.of(named, "messagesHeld", other, "other"));
        }
        document("messagesHeld", named.toString(), Reason.UNKNOWN_TYPE, "null");
        document("messagesLost", other.toString(), Reason.UNKNOWN_TYPE, "null");
        assertThat(rejected())
                .hasSize(2)
                .anyMatch(line -> line.startsWith("messagesHeld\t" + named))
                .anyMatch(line -> line.startsWith("messagesLost\t" + other));
    }

    @Test
    void documentOfAnEarlierVersionWithoutATypeIsListed() throws IOException {
        setup.open().close();
        String file = document("", "0".repeat(32), Reason.UNKNOWN_TYPE, "null");

        assertThat(rejected())
                .containsExactly("\t" + "0".repeat(32) + "\t2026-11-20T11:00:00Z\tunknown-type\t-\t" + file);
    }

    @Test
    void contentOfADocumentIsNeverPrinted() throws IOException {
        reject();
        document(
                TYPE.arrayName(),
                refused.getKey().toString(),
                Reason.REFUSED,
                "\"https://" + HIDDEN + ".example.com\"");
        Files.writeString(
                setup.rejected().resolve(TYPE.arrayName() + "-" + "1".repeat(32) + "-too-large.json"),
                "{\"code\":\"" + HIDDEN);
        Files.writeString(setup.rejected().resolve("notes of " + HIDDEN + ".json"), "{}");
        assertThat(rejected())
                .hasSize(2)
                .noneMatch(line -> line.contains(HIDDEN))
                .anyMatch(line -> line.contains("\trefused\t...\t"));
    }

    @Test
    void unreadableAnswerIsListedByItsFileNameOnly() throws IOException {
        setup.open().close();
        Files.createDirectories(setup.rejected());
        String name = "answer-20261120T101015Z-20261120T101045Z-unreadable.json";
        Files.writeString(setup.rejected().resolve(name), "{\"code\":\"" + HIDDEN + "\",\"messagesBlocked\":[{");

        assertThat(rejected()).containsExactly("answer\t20261120T101015Z-20261120T101045Z\t-\tunreadable\t-\t" + name);
    }

    private List<String> rejected() {
        return setup.run("rejected").lines().toList();
    }

    private void reject() {
        try (Store store = setup.open()) {
            new SeenKeys(store, 1_000, setup.clock()).rejected(refused);
        }
    }

    /** Writes a document like the program does; returns its file name. */
    private String document(String type, String key, Reason reason, String code) throws IOException {
        String name = RejectedDocument.name(type, key, reason);
        Files.createDirectories(setup.rejected());
        Files.writeString(
                setup.rejected().resolve(name),
                "{\"reason\":\"" + reason.word() + "\",\"status\":400,\"code\":" + code
                        + ",\"text\":\"" + HIDDEN + "\",\"time\":\"2026-11-20T11:00:00Z\",\"type\":\"" + type
                        + "\",\"record\":{\"code\":\"" + HIDDEN
                        + "\",\"subject\":\"" + HIDDEN + "\"}}");
        return name;
    }
}
