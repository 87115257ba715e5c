package io.tapsentinel.monitoring.health;

import io.tapsentinel.monitoring.Figures;
import io.tapsentinel.read.AnswerSize;
import io.tapsentinel.read.SourceState;
import io.tapsentinel.store.StoreException;
import io.tapsentinel.store.ledger.StoreFigures;
import io.tapsentinel.tap.api.ClockDifference;
import io.tapsentinel.tap.api.Reading;
import io.tapsentinel.tap.api.Reading.Failing;
import io.tapsentinel.tap.plan.PollSchedule;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** Whether polls go on: what was read last, by this program or another one on its store, and which windows fail. */
final class PollProgress {

    /** So many in a row are more than a bad moment. */
    private static final int IN_A_ROW = 3;

    private final SourceState tap;
    private final Figures figures;
    private final PollSchedule schedule;
    private final Instant startedAt;

    /** @param figures what the store knows, also of what other programs on it have read */
    PollProgress(SourceState tap, Figures figures, PollSchedule schedule, Instant startedAt) {
        this.tap = tap;
        this.figures = figures;
        this.schedule = schedule;
        this.startedAt = startedAt;
        lookForOthers(Optional.empty(), startedAt);
    }

    /** When a poll was committed last, as the store has it: also before the start, and perhaps by a clock that was wrong. */
    Optional<Instant> storedPoll(Instant now) {
        Optional<Instant> last = stored().flatMap(StoreFigures::lastPoll);
        lookForOthers(last, now);
        return last;
    }

    /** Until when time was read, when that is still to come: the clock was set back. Empty otherwise. */
    Optional<Instant> readAhead(Instant now) {
        return stored().flatMap(StoreFigures::readTo).filter(at -> at.isAfter(now.plus(ClockDifference.REPORTED_OVER)));
    }

    private Optional<StoreFigures> stored() {
        try {
            return Optional.of(figures.now());
        } catch (StoreException e) {
            // the store's own health says so
            return Optional.empty();
        }
    }

    private void lookForOthers(Optional<Instant> last, Instant now) {
        try {
            tap.reading().stored(figures.polls(), last, now);
        } catch (StoreException e) {
            // the same
        }
    }

    /**
     * Reports windows that fail and polls that do not come.
     *
     * @param lastPoll when a poll was committed last, by whichever program
     * @param credentials whether another problem says already that somebody has to act
     * @param refused  whether another problem says already why windows fail
     * @param held     whether TAP refuses a window for good
     */
    void report(
            Findings findings,
            Instant now,
            Optional<Instant> lastPoll,
            boolean credentials,
            boolean refused,
            boolean held) {
        Reading reading = tap.reading();
        boolean unread = isUnread(lastPoll);
        reading.failing().ifPresent(failing -> {
            if (unread && !refused && !held) {
                findings.problem(problem(failing, KnownProblem.TAP_UNREAD), failing.last());
            }
            findings.detail("tap.windows-failed-in-a-row", failing.windows())
                    .detail("tap.windows-failed-since", second(failing.since()))
                    .detail("tap.window-failed-last", failing.last());
            if (failing.windows() >= IN_A_ROW
                    && !refused
                    && !unread
                    && lastPoll.filter(failing.since()::isBefore).isEmpty()) {
                findings.problem(
                        problem(failing, KnownProblem.TAP_FAILING),
                        failing.windows() + " in a row since " + second(failing.since()) + ", the last one: "
                                + failing.last());
            }
        });
        // by the time that has passed, which no clock changes
        Instant since = now.minus(reading.silence());
        if (!credentials && schedule.after(since, IN_A_ROW).filter(now::isAfter).isPresent()) {
            findings.problem(
                    KnownProblem.TAP_NO_POLL,
                    lastPoll.map(at -> "not since " + second(at))
                            .orElseGet(() -> "not since the start at " + second(startedAt)));
        }
    }

    /** Whether TAP is the reason that no window was read since the start, by whichever program. */
    private boolean isUnread(Optional<Instant> lastPoll) {
        return tap.backoff().failures() > 0
                && !tap.backoff().failedAt().isBefore(tap.reading().lastHead())
                && lastPoll.filter(startedAt::isBefore).isEmpty();
    }

    private static KnownProblem problem(Failing failing, KnownProblem otherwise) {
        return failing.unreadable()
                ? KnownProblem.TAP_UNREADABLE
                : failing.last().endsWith(AnswerSize.NO_LENGTH) ? KnownProblem.TAP_LENGTH : otherwise;
    }

    static String second(Instant at) {
        return at.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
