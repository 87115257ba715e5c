package io.tapsentinel.read;

import static io.tapsentinel.read.WindowReadFixture.EVENT_TIME;
import static io.tapsentinel.read.WindowReadFixture.NOW;
import static io.tapsentinel.read.WindowReadFixture.NO_CAUSE;
import static io.tapsentinel.read.WindowReadFixture.TYPE;
import static io.tapsentinel.read.WindowReadFixture.WINDOW;
import static io.tapsentinel.read.WindowReadFixture.event;
import static io.tapsentinel.read.WindowReadFixture.handOut;
import static io.tapsentinel.read.WindowReadFixture.settle;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.tapsentinel.event.BrokenEventLife;
import io.tapsentinel.event.Outcome;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.process.FatalErrors;
import io.tapsentinel.process.ProgramErrorException;
import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.tap.answer.TapAnswerException;
import io.tapsentinel.testing.Claim;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.ExchangeHelper;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WindowReadTest {

    @TempDir
    Path folder;

    @AutoClose
    private WindowReadFixture fixture;

    private WindowRead read;

    @BeforeEach
    void open() {
        fixture = new WindowReadFixture(folder);
        read = fixture.read(Instant.MIN);
    }

    @Test
    void windowCommitsWhenEveryEventHasAFinalOutcome() {
        settle(read, Outcome.DELIVERED, "1", "2");
        settle(read, Outcome.DUPLICATE, "3");

        read.commit();

        assertThat(fixture.committed).singleElement().satisfies(entry -> {
            assertThat(entry.window()).isEqualTo(WINDOW);
            assertThat(entry.readAt()).isEqualTo(NOW);
            assertThat(entry.purpose()).isEqualTo(Purpose.BACKLOG);
            assertThat(entry.counts().get(TYPE.arrayName()))
                    .containsEntry("fetched", 3L)
                    .containsEntry("new", 2L)
                    .containsEntry("duplicate", 1L);
        });
        assertThat(read.counts().toString()).contains("3 fetched", "2 new");
    }

    @Test
    void windowDoesNotCommitBeforeTheEndOfItsAnswer() {
        Iterator<TapEvent> events = read.events(List.of(event("1"), event("2")).iterator());
        deliver(events.next());

        assertThatThrownBy(read::commit).hasMessageContaining("not read to its end");
        assertThat(fixture.committed).isEmpty();
        assertThat(read.failure(null)).hasMessageContaining("ended it before its commit");
    }

    @Test
    void onlyTheExchangeOfTheAnswerCommits() {
        Exchange answer = new DefaultExchange(new DefaultCamelContext());
        ReadRoutes.attach(answer, read);

        assertThat(ReadRoutes.read(answer)).isSameAs(read);
        assertThatThrownBy(() -> ReadRoutes.read(ExchangeHelper.createCorrelatedCopy(answer, false)))
                .isInstanceOf(WindowFailedException.class);
    }

    @Test
    void emptyWindowCommits() {
        assertThat(handOut(read)).isEmpty();
        read.commit();
        assertThat(fixture.committed)
                .singleElement()
                .matches(entry -> entry.counts().isEmpty());
    }

    @Test
    void failedEventFailsTheWindowWithItsReason() {
        settle(read, Outcome.DELIVERED, "1");
        List<TapEvent> failed = handOut(read, "2", "3");
        failed.forEach(event -> read.settled(event, new UploadException(503, "upload refused: 503"), null));

        assertThatThrownBy(read::commit)
                .isInstanceOf(WindowFailedException.class)
                .hasMessage("upload refused: 503 (2 events)");
        assertThat(fixture.committed).isEmpty();
    }

    @Test
    void eventWithoutAFinalOutcomeFailsTheWindowAndNamesItsRoute() {
        for (Outcome outcome : List.of(Outcome.NONE, Outcome.RESERVED)) {
            read = fixture.read(Instant.MIN);
            TapEvent event = handOut(read, "1").get(0);
            BrokenEventLife.put(event, outcome);
            read.settled(event, null, NO_CAUSE);

            assertThatThrownBy(read::verify)
                    .hasMessageContaining("messages-blocked ended without delivering")
                    .hasMessageContaining(": a step is to blame");
        }
    }

    @Test
    void eventFailingAfterItsDeliveryFailsTheWindow() {
        TapEvent event = handOut(read, "1").get(0);
        BrokenEventLife.put(event, Outcome.DELIVERED);
        read.settled(event, new IllegalStateException("a step behind sentinel:"), null);

        assertThatThrownBy(read::verify).isInstanceOf(WindowFailedException.class);
    }

    @Test
    void duplicateOfAReservedEventFailsTheWindowUntilThatIsDurable() {
        settle(read, Outcome.DUPLICATE_OF_RESERVED, "1");
        assertThatThrownBy(read::commit).hasMessageContaining("messagesBlocked").hasMessageContaining("not delivered");
        assertThat(fixture.committed).isEmpty();

        fixture.seen.delivered(0, List.of(event("1")));

        read.commit();
        assertThat(fixture.committed)
                .singleElement()
                .satisfies(entry -> assertThat(entry.counts().get(TYPE.arrayName()))
                        .containsEntry("duplicate-inside", 1L)
                        .containsEntry("new", 0L));
    }

    @Test
    void eventThatIsNeverSettledFailsTheWindow() {
        settle(read, Outcome.DELIVERED, "1");
        handOut(read, "2");

        assertThatThrownBy(read::commit).hasMessage("messagesBlocked: 2 read, 1 with an outcome");
        assertThat(fixture.committed).isEmpty();
    }

    @Test
    void eventSettledTwiceFailsTheWindow() {
        TapEvent event = settle(read, Outcome.DELIVERED, "1").get(0);
        read.settled(event, null, NO_CAUSE);

        assertThatThrownBy(read::commit).hasMessage("messagesBlocked: 1 read, 2 with an outcome");
    }

    @Test
    void stopEndsTheSplitAndFailsTheWindow() {
        Iterator<TapEvent> events = read.events(List.of(event("1"), event("2")).iterator());
        deliver(events.next());

        fixture.stopping.set(true);

        assertThat(events.hasNext()).isFalse();
        assertThatThrownBy(events::next).isInstanceOf(NoSuchElementException.class);
        assertThatThrownBy(read::commit)
                .isInstanceOf(WindowFailedException.class)
                .hasMessage("stopped");
    }

    @Test
    void firstFailureEndsTheSplit() {
        Iterator<TapEvent> events = read.events(List.of(event("1"), event("2")).iterator());
        read.settled(events.next(), new UploadException(0, "no answer"), null);

        assertThat(events.hasNext()).isFalse();
        assertThatThrownBy(read::verify).hasMessage("no answer");
    }

    @Test
    void errorIsTheReasonAlthoughAnotherEventFailedFirst() {
        Iterator<TapEvent> events = read.events(List.of(event("1"), event("2")).iterator());
        read.settled(events.next(), new IllegalStateException("first"), NO_CAUSE);
        OutOfMemoryError error = new OutOfMemoryError("a test's");
        read.failures().add(new ProgramErrorException("the upload", error));

        assertThat(FatalErrors.errorIn(read.failure(catchThrowable(read::verify))))
                .contains(error);
    }

    @Test
    void failingReaderEndsTheSplitQuietlyAndVerifyThrows() {
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
        deliver(events.next());

        assertThatCode(events::hasNext).doesNotThrowAnyException();
        assertThat(events.hasNext()).isFalse();
        assertThatThrownBy(read::commit)
                .hasMessage("TAP's answer is cut or not JSON at byte 7")
                .hasCauseInstanceOf(TapAnswerException.class);
    }

    @Test
    void onlyNewEventsOfCoveredTimeAreLate() {
        read = fixture.read(EVENT_TIME.plusMillis(1));
        settle(read, Outcome.DELIVERED, "1", "2");
        settle(read, Outcome.DUPLICATE, "3");
        assertThat(read.entry().counts().get(TYPE.arrayName())).containsEntry("late", 2L);

        read = fixture.read(EVENT_TIME);
        settle(read, Outcome.DELIVERED, "1", "2");
        assertThat(read.entry().counts().get(TYPE.arrayName())).containsEntry("late", 0L);
    }

    @Test
    void filteredEventIsADuplicateWhenReadAgainAndNotLateWhenDelivered() {
        settle(read, Outcome.FILTERED, "1", "2", "2");
        assertCounts(Map.of("filtered", 2L, "duplicate-inside", 1L, "duplicate", 0L));
        read.commit();

        read = fixture.read(EVENT_TIME.plusMillis(1));
        settle(read, Outcome.FILTERED, "1", "3");
        settle(read, Outcome.DELIVERED, "2", "4");
        assertCounts(Map.of("filtered", 1L, "duplicate", 1L, "new", 2L, "late", 1L));
    }

    @Test
    void filteredEventIsNotADuplicateForItsRepository() {
        settle(read, Outcome.FILTERED, "1");
        read.commit();

        assertThat(fixture.seen.durable().contains(event("1"))).isFalse();
        assertThat(Claim.of(fixture.seen, event("1"))).isEqualTo(Claim.NEW);
        fixture.seen.delivered(0, List.of(event("1")));
        assertThat(Claim.of(fixture.seen, event("1"))).isEqualTo(Claim.DELIVERED);
    }

    @Test
    void filteredEventOfAFailedReadCountsInTheNextOne() {
        settle(read, Outcome.FILTERED, "1");
        read.failures().add(new WindowFailedException("a batch failed"));
        assertThatThrownBy(read::commit).hasMessage("a batch failed");

        read = fixture.read(Instant.MIN);
        settle(read, Outcome.FILTERED, "1");
        assertCounts(Map.of("filtered", 1L, "duplicate", 0L));
    }

    @Test
    void filteredEventsAreRememberedWhileTapReportsThem() {
        String[] ids = IntStream.range(0, 2_500).mapToObj(i -> "id-" + i).toArray(String[]::new);
        settle(read, Outcome.FILTERED, ids);
        read.commit();
        fixture.clock.advance(Duration.ofDays(5));
        read = fixture.read(Instant.MIN);
        settle(read, Outcome.FILTERED, ids);
        assertCounts(Map.of("filtered", 0L, "duplicate", (long) ids.length));
        read.commit();
        fixture.clock.advance(Duration.ofDays(4));
        assertThat(fixture.seen.prune()).isZero();

        fixture.clock.advance(Duration.ofDays(5));
        assertThat(fixture.seen.prune()).isEqualTo(ids.length);
        read = fixture.read(Instant.MIN);
        settle(read, Outcome.FILTERED, "id-1");
        assertCounts(Map.of("filtered", 1L));
    }

    private void deliver(TapEvent event) {
        BrokenEventLife.put(event, Outcome.DELIVERED);
        read.settled(event, null, NO_CAUSE);
    }

    private void assertCounts(Map<String, Long> counts) {
        assertThat(read.entry().counts().get(TYPE.arrayName())).containsAllEntriesOf(counts);
    }

    @Test
    void duplicatesExtendTheLifeOfTheirKeys() {
        List<String> ids = IntStream.range(0, 1_500).mapToObj(i -> "id-" + i).toList();
        fixture.seen.delivered(0, ids.stream().map(WindowReadFixture::event).toList());
        fixture.clock.advance(Duration.ofDays(5));
        settle(read, Outcome.DUPLICATE, ids.toArray(String[]::new));
        read.commit();
        fixture.clock.advance(Duration.ofDays(4));

        assertThat(fixture.seen.prune()).isZero();
        assertThat(ids).allMatch(id -> Claim.of(fixture.seen, event(id)) == Claim.DELIVERED);
    }

    @Test
    void announcedEventIsSuppliedWhateverFailsMeanwhile() {
        Iterator<TapEvent> events = read.events(List.of(WindowReadFixture.event("1"), WindowReadFixture.event("2"))
                .iterator());
        assertThat(events.hasNext()).isTrue();

        read.failures().add(new WindowFailedException("a batch failed"));

        assertThat(events.hasNext())
                .as("the splitter would take false for an empty body")
                .isTrue();
        assertThat(events.next()).isNotNull();
        assertThat(events.hasNext()).isFalse();
    }
}
