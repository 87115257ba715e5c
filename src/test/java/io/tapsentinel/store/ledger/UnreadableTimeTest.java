package io.tapsentinel.store.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.store.ledger.AttemptTable.Attempt;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.tap.plan.Unreadable;
import io.tapsentinel.tap.plan.Unreadable.How;
import io.tapsentinel.testing.StoreFixture;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Gaps with an unreadable answer that are requested again. */
class UnreadableTimeTest extends StoreFixture {

    private static final TimeRange HOUR = new TimeRange(NOON, NOON.plus(Duration.ofHours(1)));
    private static final TimeRange TIME = new TimeRange(NOON.plusSeconds(100), NOON.plusSeconds(117));
    private static final TimeRange WINDOW = new TimeRange(NOON.plusSeconds(87), NOON.plusSeconds(117));

    private ReadState state;

    @BeforeEach
    @Override
    protected void open() {
        super.open();
        clock.set(HOUR.to());
        state = new ReadState(store, clock);
        give(TIME, Gap.unreadable(2, "it ends too early"));
    }

    @Test
    void repeatedFailureIsNotNarrowedFurther() {
        assertThat(state.unreadable().windowsToRetry(HOUR)).containsExactly(WINDOW);
        for (int i = 0; i < 5; i++) {
            assertThat(state.unreadable()
                            .failed(new Attempt(WINDOW, Purpose.SWEEP), How.ANSWER, "")
                            .isGap())
                    .isTrue();
        }
        assertThat(state.unreadable().detour().bad()).isEmpty();
        assertThat(state.gaps()).extracting(Gap::time).containsExactly(TIME);
        assertThat(state.unreadable().windowsToRetry(HOUR)).containsExactly(WINDOW);
    }

    @ParameterizedTest
    @CsvSource({"ERROR, 1, 3", "END, 4, 6"})
    void timeThatEndedTheProcessIsNotRetried(How end, int times, int attempts) {
        for (int i = 0; i < times; i++) {
            assertThat(state.unreadable().windowsToRetry(HOUR)).containsExactly(WINDOW);
            state.unreadable().failed(new Attempt(WINDOW, Purpose.SWEEP), end, "");
        }

        assertThat(state.unreadable().windowsToRetry(HOUR)).isEmpty();
        assertThat(state.gaps())
                .containsExactly(new Gap(
                        TIME,
                        "TAP's answer cannot be read (" + attempts + " attempts): reading it ended the process",
                        clock.instant()));
    }

    @Test
    void readOfTheWholeTimeRemovesIt() {
        TimeRange forgotten = new TimeRange(NOON.plusSeconds(200), NOON.plusSeconds(300));
        give(forgotten, Gap.NOT_READ);
        read(new TimeRange(WINDOW.from(), TIME.to().minusSeconds(1)));
        assertThat(state.gaps()).extracting(Gap::time).containsExactly(TIME, forgotten);

        read(HOUR);

        assertThat(state.gaps())
                .as("expired time stays a gap")
                .extracting(Gap::time)
                .containsExactly(forgotten);
    }

    @Test
    void readOfOneTypeDoesNotCoverOthers() {
        UnreadableTime unreadable = state.unreadable();
        TimeRange elsewhere = new TimeRange(NOON.plusSeconds(600), NOON.plusSeconds(900));
        for (int i = 0; i < 2; i++) {
            unreadable.failed(new Attempt(elsewhere, Purpose.BACKLOG), How.ANSWER, "");
        }
        assertThat(unreadable.detour().bad()).isNotEmpty();
        List<Unreadable> bad = unreadable.detour().bad();
        unreadable.attempts().begin(new Attempt(HOUR, Purpose.SWEEP));

        read(HOUR, Purpose.CATCH_UP);

        assertThat(state.gaps()).extracting(Gap::time).containsExactly(TIME);
        assertThat(unreadable.detour().bad()).isEqualTo(bad);
        assertThat(unreadable.attempts().find()).as("the process has not ended").isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"POLL, true", "BACKLOG, true", "SWEEP, true", "CATCH_UP, false", "REPLAY, false"})
    void onlyReadOfAllTypesCoversTheTime(Purpose purpose, boolean covers) {
        read(HOUR, purpose);

        assertThat(state.ledger().coverage(HOUR, Duration.ZERO).isLate(NOON.plusSeconds(60)))
                .isEqualTo(covers);
        assertThat(state.ledger().wasReadWhole(HOUR)).isEqualTo(covers);
    }

    private void give(TimeRange time, String reason) {
        store.transaction(connection -> Gap.add(connection, store.source(), List.of(time), reason, clock.instant()));
    }

    private void read(TimeRange window) {
        read(window, Purpose.SWEEP);
    }

    private void read(TimeRange window, Purpose purpose) {
        clock.advance(Duration.ofSeconds(1));
        state.commitWithoutProgress(new LedgerEntry(clock.instant(), window, purpose, Map.of()), connection -> {});
    }
}
