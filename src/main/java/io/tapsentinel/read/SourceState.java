package io.tapsentinel.read;

import io.tapsentinel.event.HumanText;
import io.tapsentinel.net.SafeMessage;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.tap.answer.TapFormatException;
import io.tapsentinel.tap.api.ClockDifference;
import io.tapsentinel.tap.api.Reading;
import io.tapsentinel.tap.api.TapBackoff;
import io.tapsentinel.tap.api.TapClock;
import io.tapsentinel.tap.api.TapRefusedException;
import io.tapsentinel.tap.plan.Horizon;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.tap.plan.WindowSize;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Predicate;

/**
 * What is known of the source at this moment. Runs say what happened, {@link #answered}, {@link #windowCommitted}, {@link #failed}, and
 * plan by what follows from it; health shows its parts. Thread-safe.
 */
public final class SourceState {

    private final TapBackoff backoff;
    private final TapClock tapClock;
    private final WindowSize size;
    private final Reading reading;
    private final Clock clock;

    /**
     * Before the first window.
     *
     * @param backoff  what TAP said last, and how long it is left alone
     * @param tapClock its time
     * @param size     how much it can answer at once
     */
    public SourceState(TapBackoff backoff, TapClock tapClock, WindowSize size, Clock clock) {
        this.backoff = backoff;
        this.tapClock = tapClock;
        this.size = size;
        this.reading = new Reading(tapClock.steady());
        this.clock = clock;
    }

    /** What TAP said last, and how long it is left alone. */
    public TapBackoff backoff() {
        return backoff;
    }

    /** Its time. */
    public TapClock clock() {
        return tapClock;
    }

    /** How much it can answer at once. */
    public WindowSize size() {
        return size;
    }

    /** How windows have gone. */
    public Reading reading() {
        return reading;
    }

    /** Whether nothing may be asked for now. */
    boolean isResting() {
        return backoff.isResting(clock.instant());
    }

    /** Whether TAP has answered and {@linkplain TapClock#isConfirmed confirms} our time: nothing may be removed for its age before. */
    public boolean isTimeKnown() {
        return backoff.lastAnswer().isPresent() && tapClock.isConfirmed();
    }

    Horizon horizon() {
        return tapClock.horizon();
    }

    Duration longestWindow() {
        return size.longest();
    }

    /** The machine's time as it runs evenly, whatever is set. */
    Instant steadyNow() {
        return tapClock.steady().instant();
    }

    /**
     * The answer to a window has come in, whatever becomes of it.
     *
     * @param asked  when TAP was asked
     * @param steady the same by {@link #steadyNow}
     */
    void answered(Purpose purpose, Instant asked, Instant steady) {
        backoff.answered(clock.instant());
        if (purpose == Purpose.POLL) {
            tapClock.answered(asked, steady);
        }
    }

    /** A read is durable. */
    void windowCommitted(DueRead read) {
        settled(List.of(read.window()));
        if (read instanceof DueRead.Poll poll) {
            settled(poll.plan().gaps());
        }
        size.read();
        reading.committed(read.purpose() == Purpose.POLL);
    }

    /** This time needs no answer any more: it was read, or is a gap now. */
    void settled(List<TimeRange> time) {
        time.forEach(backoff::settled);
    }

    /** The same for a window that TAP would not answer, if it is such a one. */
    void settleHeld(Predicate<TimeRange> which) {
        backoff.held().filter(which).ifPresent(backoff::settled);
    }

    /**
     * An attempt at a window has failed.
     *
     * @param found   what it failed for
     * @param failure what it ended with
     * @return how the window goes on, as the end of "will retry"
     */
    String failed(AttemptFailure found, Throwable failure, TimeRange window) {
        FailureKind kind = found.kind();
        TapRefusedException refusal = found.refusal();
        Instant now = clock.instant();
        backoff.lastError().note(found.code(), now);
        if (kind == FailureKind.ENDPOINT) {
            return "";
        }
        if (kind != FailureKind.BUDGET) {
            reading.failed(found.why(), kind == FailureKind.UNREADABLE, now);
        }
        if (refusal != null) {
            backoff.refused(refusal, now);
        } else if (EnumSet.of(
                        FailureKind.TIMED_OUT,
                        FailureKind.TOO_LARGE,
                        FailureKind.TRANSIENT,
                        FailureKind.UNREADABLE,
                        FailureKind.FORMAT)
                .contains(kind)) {
            backoff.failed(now);
        }
        if (kind != FailureKind.TIMED_OUT && kind != FailureKind.TOO_LARGE) {
            size.failed();
        }
        String then = switch (kind) {
            case TIMED_OUT -> shorter(size.timedOut(window.length()));
            case TOO_LARGE -> shorter(size.tooLarge(window.length()));
            case TOO_OLD -> {
                tapClock.tooOld(window);
                yield " from " + HumanText.time(horizon().edge(), now) + " on";
            }
            case STILL_CURRENT -> {
                tapClock.stillCurrent();
                yield " until " + HumanText.time(horizon().now(), now)
                        + ", since this machine's clock is "
                        + tapClock.ahead()
                                .map(ahead -> ClockDifference.describe(ahead) + " TAP's")
                                .orElse("ahead of TAP's by an unknown time");
            }
            case REFUSED -> {
                backoff.hold(refusal, window);
                yield "; needs action";
            }
            case FORMAT -> {
                backoff.hold(new TapFormatException(SafeMessage.of(failure)), window);
                yield "; needs a newer version of this program";
            }
            default -> "";
        };
        return (backoff.isResting(now) ? " after " + HumanText.time(backoff.until(), now) : "") + then;
    }

    private String shorter(boolean isShorter) {
        return isShorter ? " in windows of " + HumanText.duration(size.longest()) : "";
    }
}
