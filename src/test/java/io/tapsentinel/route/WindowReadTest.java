package io.tapsentinel.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.state.Events;
import io.tapsentinel.state.LedgerEntry;
import io.tapsentinel.state.LedgerEntry.Purpose;
import io.tapsentinel.state.MutableClock;
import io.tapsentinel.state.SeenKeys;
import io.tapsentinel.state.Store;
import io.tapsentinel.tap.EventType;
import io.tapsentinel.tap.Outcome;
import io.tapsentinel.tap.TapAnswerException;
import io.tapsentinel.tap.TapEvent;
import io.tapsentinel.tap.TimeRange;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WindowReadTest {

    private static final EventType TYPE = EventType.MESSAGES_BLOCKED;
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private static final TimeRange WINDOW = new TimeRange(NOW.minusSeconds(3_660), NOW.minusSeconds(60));
    /** The time of all events of {@link Events}. */
    private static final Instant EVENT_TIME = Instant.parse("2026-11-20T10:00:00Z");

    @TempDir
    Path folder;
    private final MutableClock clock = new MutableClock(NOW);
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final List<LedgerEntry> committed = new ArrayList<>();
    private Store store;
    private SeenKeys seen;
    private WindowRead read;

    @BeforeEach
    void open() {
        store = Store.open("jdbc:sqlite:" + folder.resolve("state/tap.db"), "tap", "https://tap.example.com");
        seen = new SeenKeys(store, 1_000, clock);
        read = readWithLateBefore(Instant.MIN);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void aWindowCommitsWhenEveryEventHasAFinalOutcome() {
        settle(Outcome.DELIVERED, "1", "2");
        settle(Outcome.DUPLICATE, "3");

        read.commit();

        assertThat(committed).singleElement().satisfies(entry -> {
            assertThat(entry.window()).isEqualTo(WINDOW);
            assertThat(entry.readAt()).isEqualTo(NOW);
            assertThat(entry.purpose()).isEqualTo(Purpose.POLL);
            assertThat(entry.counts().get(TYPE)).containsEntry("fetched", 3L).containsEntry("new", 2L).containsEntry("duplicate", 1L);
        });
        assertThat(read.summary()).contains("3 fetched", "2 new");
    }

    @Test
    void anEmptyWindowCommits() {
        assertThat(handOut()).isEmpty();
        read.commit();
        assertThat(committed).singleElement().matches(entry -> entry.counts().isEmpty());
    }

    @Test
    void oneFailedEventFailsTheWindowWithItsReason() {
        settle(Outcome.DELIVERED, "1");
        List<TapEvent> failed = handOut("2", "3");
        failed.forEach(event -> read.settled(event, new UploadException(503, "upload refused: 503")));

        assertThatThrownBy(read::commit).isInstanceOf(WindowFailedException.class).hasMessage("upload refused: 503 (2 events)");
        assertThat(committed).isEmpty();
    }

    @Test
    void anEventWithoutAFinalOutcomeFailsTheWindowNamingItsRoute() {
        for (Outcome outcome : List.of(Outcome.NONE, Outcome.RESERVED)) {
            read = readWithLateBefore(Instant.MIN);
            TapEvent event = handOut("1").get(0);
            event.advance(Outcome.NONE, outcome);
            read.settled(event, null);

            assertThatThrownBy(read::verify).hasMessageContaining("messages-blocked ended without delivering")
                    .hasMessageContaining("is sentinel: gone");
        }
    }

    @Test
    void anEventThatFailedAfterItsDeliveryFailsTheWindow() {
        TapEvent event = handOut("1").get(0);
        event.advance(Outcome.NONE, Outcome.DELIVERED);
        read.settled(event, new IllegalStateException("a step behind sentinel:"));

        assertThatThrownBy(read::verify).isInstanceOf(WindowFailedException.class);
    }

    @Test
    void anEventThatWasSkippedForAReservedOneFailsTheWindowUntilThatIsDurable() {
        settle(Outcome.DUPLICATE_OF_RESERVED, "1");
        assertThatThrownBy(read::commit).hasMessageContaining("messagesBlocked").hasMessageContaining("not delivered");
        assertThat(committed).isEmpty();

        seen.delivered(List.of(event("1")));

        read.commit();
        assertThat(committed).singleElement().satisfies(entry ->
                assertThat(entry.counts().get(TYPE)).containsEntry("duplicate-inside", 1L).containsEntry("new", 0L));
    }

    @Test
    void anEventThatNeverCameBackFailsTheWindow() {
        settle(Outcome.DELIVERED, "1");
        handOut("2");

        assertThatThrownBy(read::commit).hasMessage("2 of messagesBlocked were read, 1 ended");
        assertThat(committed).isEmpty();
    }

    @Test
    void anEventThatCameBackTwiceFailsTheWindow() {
        TapEvent event = settle(Outcome.DELIVERED, "1").get(0);
        read.settled(event, null);

        assertThatThrownBy(read::commit).hasMessage("1 of messagesBlocked were read, 2 ended");
    }

    @Test
    void aStopEndsTheSplitAndFailsTheWindow() {
        Iterator<TapEvent> events = read.events(List.of(event("1"), event("2")).iterator());
        TapEvent first = events.next();
        first.advance(Outcome.NONE, Outcome.DELIVERED);
        read.settled(first, null);

        stopping.set(true);

        assertThat(events.hasNext()).isFalse();
        assertThatThrownBy(events::next).isInstanceOf(NoSuchElementException.class);
        assertThatThrownBy(read::commit).isInstanceOf(WindowFailedException.class).hasMessage("stopped");
    }

    @Test
    void theFirstFailureEndsTheSplit() {
        Iterator<TapEvent> events = read.events(List.of(event("1"), event("2")).iterator());
        read.settled(events.next(), new UploadException(0, "no answer"));

        assertThat(events.hasNext()).isFalse();
        assertThatThrownBy(read::verify).hasMessage("no answer");
    }

    @Test
    void aReaderThatFailsEndsTheSplitQuietlyAndVerifyThrowsItsReason() {
        Iterator<TapEvent> events = read.events(new Iterator<>() {
            private int handed;

            @Override
            public boolean hasNext() {
                if (handed == 1) {
                    throw new TapAnswerException("TAP's answer is cut or not JSON at byte 7");
                }
                return true;
            }

            @Override
            public TapEvent next() {
                handed++;
                return event("1");
            }
        });
        TapEvent first = events.next();
        first.advance(Outcome.NONE, Outcome.DELIVERED);
        read.settled(first, null);

        assertThatCode(events::hasNext).doesNotThrowAnyException();
        assertThat(events.hasNext()).isFalse();
        assertThatThrownBy(read::commit).hasMessage("TAP's answer is cut or not JSON at byte 7").hasCauseInstanceOf(TapAnswerException.class);
    }

    @Test
    void onlyNewEventsOfTimeThatWasReadBeforeAreLate() {
        read = readWithLateBefore(EVENT_TIME.plusMillis(1));
        settle(Outcome.DELIVERED, "1", "2");
        settle(Outcome.DUPLICATE, "3");
        assertThat(read.entry().counts().get(TYPE)).containsEntry("late", 2L);

        read = readWithLateBefore(EVENT_TIME);
        settle(Outcome.DELIVERED, "1", "2");
        assertThat(read.entry().counts().get(TYPE)).containsEntry("late", 0L);
    }

    @Test
    void duplicatesAreWrittenAsSightingsSoThatTheirKeysAreKept() {
        List<String> ids = IntStream.range(0, 1_500).mapToObj(i -> "id-" + i).toList();
        seen.delivered(ids.stream().map(WindowReadTest::event).toList());
        clock.advance(Duration.ofDays(5));
        settle(Outcome.DUPLICATE, ids.toArray(String[]::new));
        read.commit();
        clock.advance(Duration.ofDays(4));

        assertThat(seen.prune()).isZero();
        assertThat(ids).allMatch(id -> seen.claim(event(id)) == SeenKeys.Claim.DELIVERED);
    }

    private WindowRead readWithLateBefore(Instant lateBefore) {
        return new WindowRead(WINDOW, Purpose.POLL, NOW, lateBefore, seen, stopping::get, committed::add);
    }

    private List<TapEvent> handOut(String... ids) {
        List<TapEvent> handed = new ArrayList<>();
        read.events(List.of(ids).stream().map(WindowReadTest::event).iterator()).forEachRemaining(handed::add);
        return handed;
    }

    private List<TapEvent> settle(Outcome outcome, String... ids) {
        List<TapEvent> events = handOut(ids);
        events.forEach(event -> {
            event.advance(Outcome.NONE, outcome);
            read.settled(event, null);
        });
        return events;
    }

    private static TapEvent event(String id) {
        return Events.event(TYPE, id);
    }
}
