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
 * In which order one run asks for the backlog: oldest first, and what failed not again. Time that TAP no longer holds becomes a
 * gap as soon as its turn comes.
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

    /** Makes gaps of what TAP has forgotten meanwhile; returns what is left. */
    List<TimeRange> expire() {
        List<TimeRange> left = state.backlog();
        List<TimeRange> expired = planner.expired(left, source.horizon());
        // a clock that was set says nothing of what TAP has forgotten
        if (expired.isEmpty() || !source.clock().isKnown()) {
            return left;
        }
        state.expire(expired).forEach(BacklogOrder::reportGap);
        source.settled(expired);
        return state.backlog();
    }

    /** The next window; the same one until it is read or passed over. */
    Optional<DueRead.Backlog> next() {
        List<TimeRange> left = TimeRange.without(expire(), passedOver);
        Optional<TimeRange> oldest = state.unreadable()
                .detour()
                .nextOfBacklog(left, source.longestWindow(), source.horizon(), state.ledger()::wasReadWhole);
        oldest.ifPresent(window -> asked = window);
        return oldest.map(window -> new DueRead.Backlog(window, state.ledger().coverage(window, settle), state));
    }

    /** The last window is not asked for again in this run. */
    void passOver() {
        passedOver.add(asked);
    }

    /** Says what is lost, once it stands in the store. */
    static void reportGap(TimeRange gap) {
        LOG.error(
                "gap: {} can no longer be read, since TAP reports only the last 7 days; events may be missing",
                gap.toText());
    }
}
