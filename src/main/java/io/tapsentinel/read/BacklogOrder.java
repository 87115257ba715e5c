package io.tapsentinel.read;

import io.tapsentinel.store.ledger.ReadState;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.tap.plan.WindowPlanner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The order in which one run reads the backlog: oldest first, no window twice after a failure. Time that TAP no longer
 * reports becomes a gap.
 */
final class BacklogOrder {

    private static final Logger LOG = LoggerFactory.getLogger(BacklogOrder.class);

    private final WindowPlanner planner;
    private final ReadState state;
    private final Duration settle;
    private final SourceState source;
    private final List<TimeRange> passedOver = new ArrayList<>();
    private TimeRange asked;

    /** @param settle how long before now windows end */
    BacklogOrder(WindowPlanner planner, ReadState state, Duration settle, SourceState source) {
        this.settle = settle;
        this.planner = planner;
        this.state = state;
        this.source = source;
    }

    /**
     * Turns backlog that TAP no longer reports into gaps.
     *
     * @return the rest of the backlog
     */
    List<TimeRange> expire() {
        List<TimeRange> left = state.backlog();
        List<TimeRange> expired = planner.expired(left, source.horizon());
        // with a clock that was just changed, the age of the backlog is unknown
        if (expired.isEmpty() || !source.clock().isKnown()) {
            return left;
        }
        state.expire(expired).forEach(BacklogOrder::reportGap);
        source.settled(expired);
        return state.backlog();
    }

    /** The next window. Returns the same one until it is read or passed over. */
    Optional<DueRead.Backlog> next() {
        List<TimeRange> left = TimeRange.without(expire(), passedOver);
        Optional<TimeRange> oldest = state.unreadable()
                .detour()
                .nextOfBacklog(left, source.longestWindow(), source.horizon(), state.ledger()::wasReadWhole);
        oldest.ifPresent(window -> asked = window);
        return oldest.map(window -> new DueRead.Backlog(window, state.ledger().coverage(window, settle), state));
    }

    /** Skips the last window for the rest of this run. */
    void passOver() {
        passedOver.add(asked);
    }

    /** Logs a gap. Call it after the gap is durable. */
    static void reportGap(TimeRange gap) {
        LOG.error(
                "gap: {} can no longer be read, since TAP reports only the last 7 days; events may be missing",
                gap.toText());
    }
}
