package io.tapsentinel.read;

import io.tapsentinel.event.HumanText;
import io.tapsentinel.store.ledger.ReadState;
import io.tapsentinel.tap.plan.Plan;
import io.tapsentinel.tap.plan.Progress;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.tap.plan.WindowPlanner;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the window of a poll. Plans from the store and TAP's answers, again for each attempt. The very first plan
 * decides where reading starts.
 */
final class PollOrder {

    private static final Logger LOG = LoggerFactory.getLogger(PollOrder.class);

    private final WindowPlanner planner;
    private final ReadState state;
    private final SourceState source;
    private final Duration settle;

    /** @param settle how long before now windows end */
    PollOrder(WindowPlanner planner, ReadState state, SourceState source, Duration settle) {
        this.planner = planner;
        this.state = state;
        this.source = source;
        this.settle = settle;
    }

    private Plan plan() {
        Progress progress = state.progress().map(this::correctStart).orElseGet(() -> begin(""));
        Plan plan = planner.planPoll(source.horizon(), progress, source.longestWindow());
        return state.unreadable().detour().replan(plan.without(state.ledger().readLongAfter(plan.older())), progress);
    }

    /** All unread time that TAP still reports, including the plan of the next poll; oldest first. */
    List<TimeRange> findOwed() {
        return planner.owed(state.backlog(), plan(), source.horizon());
    }

    /** The oldest unread window, if it cannot wait until the fresh window is read. */
    Optional<DueRead.Backlog> nextUrgent(List<TimeRange> owed) {
        return planner.urgent(
                        owed,
                        source.horizon(),
                        source.longestWindow(),
                        state.unreadable().detour())
                .map(window -> new DueRead.Backlog(window, state.ledger().coverage(window, settle), state));
    }

    /** The newest window; empty when it is not long enough yet. */
    Optional<DueRead.Poll> nextFresh() {
        Plan plan = plan();
        return plan.fresh()
                .map(window -> new DueRead.Poll(window, state.ledger().coverage(window, settle), plan, state));
    }

    /**
     * Moves the start of reading back if this machine's clock was ahead of TAP's when it was chosen. Only before the
     * first read.
     */
    private Progress correctStart(Progress progress) {
        return progress.isNothingRead()
                        && planner.planStart(source.horizon().now()).origin().isBefore(progress.origin())
                ? begin(", since TAP's clock is behind this machine's")
                : progress;
    }

    /**
     * Decides where reading starts. Without progress this is the first start, unless the store is known to have lost
     * commits: a SQLite file that is gone or was replaced, while the count of its commits is still beside it.
     */
    private Progress begin(String why) {
        Progress first = planner.planStart(source.horizon().now());
        state.begin(first);
        String from =
                HumanText.time(first.origin(), source.horizon().now()) + " (" + planner.startSetting() + ")" + why;
        if (state.isStoreLost()) {
            LOG.warn(
                    "The store has lost what was read before: reading from {}. To read earlier time, restore the store, or delete it and set tap.poll.start",
                    from);
        } else {
            LOG.info("First start: reading from {}", from);
        }
        return first;
    }
}
