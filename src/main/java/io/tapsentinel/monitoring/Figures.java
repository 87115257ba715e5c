package io.tapsentinel.monitoring;

import io.tapsentinel.event.EventType;
import io.tapsentinel.sentinel.TableBacklog;
import io.tapsentinel.sentinel.batch.SuspensionLog;
import io.tapsentinel.sentinel.batch.SuspensionLog.Suspended;
import io.tapsentinel.store.ledger.Completeness;
import io.tapsentinel.store.ledger.Gap;
import io.tapsentinel.store.ledger.ReadState;
import io.tapsentinel.tap.plan.Age;
import io.tapsentinel.tap.plan.Progress;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.tap.plan.Unreadable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the store says of reading so far, asked at most every 30 seconds, since probes come often. Thread-safe. */
public class Figures {

    private static final Duration KEPT = Duration.ofSeconds(30);

    private final ReadState state;
    private final Completeness completeness;
    private final SuspensionLog suspensions;
    private final Clock clock;
    private Seen last;

    /** @param suspensions those of the store */
    public Figures(ReadState state, Completeness completeness, SuspensionLog suspensions, Clock clock) {
        this.state = state;
        this.completeness = completeness;
        this.suspensions = suspensions;
        this.clock = clock;
    }

    /**
     * As it was at one moment.
     *
     * @param at       that moment
     * @param progress empty before the first start ever
     * @param backlog  time that is still to be read
     * @param gaps     time that is lost, oldest first
     * @param narrowed time whose answer cannot be read, as far as it has been narrowed down
     * @param swept    the swept hours of seven days; empty before the first sweep
     * @param lastPoll when a poll was committed last, by this program or another one on the same store
     * @param tables   what each table is owed, one of each type
     */
    public record Seen(
            Instant at,
            Optional<Progress> progress,
            List<TimeRange> backlog,
            List<Gap> gaps,
            List<TimeRange> narrowed,
            Optional<Completeness.Recent> swept,
            Optional<Instant> lastPoll,
            List<TableBacklog> tables) {

        /** How long ago the newest instant was that was read, as an {@link Age}; zero before the first start. */
        public Duration lag() {
            return progress.map(so -> Age.of(so.readTo(), at)).orElse(Duration.ZERO);
        }

        /** How much time is still to be read. */
        public Duration owed() {
            return TimeRange.total(backlog);
        }

        /** How much time is lost. */
        public Duration lost() {
            return TimeRange.total(gaps.stream().map(Gap::time).toList());
        }

        /** What the table of this type is owed. */
        public TableBacklog table(EventType type) {
            return tables.stream()
                    .filter(table -> table.type() == type)
                    .findFirst()
                    .orElseThrow();
        }

        /** How many events that TAP reported in the swept hours of seven days were not durable. */
        public long missing() {
            return swept.map(Completeness.Recent::missing).orElse(0L);
        }
    }

    /** Asked each time: another number after each poll that was committed. @throws io.tapsentinel.store.StoreException as above */
    public long polls() {
        return state.polls();
    }

    /** What each table is owed; which ones are suspended is asked each time. @throws io.tapsentinel.store.StoreException as above */
    public List<TableBacklog> tables() {
        Map<EventType, Suspended> suspended = suspensions.all();
        return now().tables().stream()
                .map(table -> table.with(Optional.ofNullable(suspended.get(table.type()))))
                .toList();
    }

    private List<TimeRange> narrowed() {
        return state.unreadable().detour().bad().stream().map(Unreadable::time).toList();
    }

    /** @throws io.tapsentinel.store.StoreException when the store refused */
    public synchronized Seen now() {
        Instant now = clock.instant();
        if (last == null || !now.isBefore(last.at().plus(KEPT)) || now.isBefore(last.at())) {
            last = new Seen(
                    now,
                    state.progress(),
                    state.backlog(),
                    state.gaps(),
                    narrowed(),
                    completeness.recent(),
                    state.lastPoll(),
                    state.tables());
        }
        return last;
    }
}
