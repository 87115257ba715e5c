package io.tapsentinel.replay;

import io.tapsentinel.event.EventType;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.sentinel.schema.TableSchema;
import io.tapsentinel.store.ledger.ReadState;
import io.tapsentinel.tap.answer.TapAnswerException;
import io.tapsentinel.tap.answer.TapEventReader;
import io.tapsentinel.tap.plan.TapLimits;
import io.tapsentinel.tap.plan.TimeRange;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Refuses objects that are not events of the expected type, and events that could be sent twice. */
final class ReplayGuard {

    private static final Map<EventType, Set<String>> FIELDS = new EnumMap<>(EventType.class);

    static {
        for (EventType type : EventType.values()) {
            FIELDS.put(type, TableSchema.of(type.table()).columns().keySet());
        }
    }

    private final ReadState state;
    private final Clock clock;

    ReplayGuard(ReadState state, Clock clock) {
        this.state = state;
        this.clock = clock;
    }

    /** @throws ReplayRefusedException if the object has no field of the type, or only the time of the other kind of event */
    static void requireEvent(EventType type, Map<String, Object> fields) {
        if (Collections.disjoint(FIELDS.get(type), fields.keySet())) {
            throw new ReplayRefusedException("an object in it has no field of " + type.arrayName() + " events");
        }
        String time = type.isClick() ? "clickTime" : "messageTime";
        String other = type.isClick() ? "messageTime" : "clickTime";
        if (fields.containsKey(other) && !fields.containsKey(time)) {
            throw new ReplayRefusedException("an object in it has " + other + " but no " + time + ", so it is no "
                    + type.arrayName() + " event; correct the type");
        }
    }

    /** Checks every event of a list before one is sent. @throws ReplayRefusedException if one of them must not be replayed */
    void requireList(ReplaySource document, EventType type) {
        Set<Instant> hours = new TreeSet<>();
        try (TapEventReader events =
                TapEventReader.ofList(document::open, type, clock.instant(), TapEventReader.Others.NONE)) {
            while (events.hasNext()) {
                TapEvent event = events.next();
                requireEvent(type, event.getFields());
                hours.add(event.getTime().truncatedTo(ChronoUnit.HOURS));
            }
        } catch (TapAnswerException | IOException e) {
            throw new ReplayRefusedException(ReplayDocument.words(e));
        }
        hours.forEach(hour -> requireKnown(new TimeRange(hour, hour.plus(1, ChronoUnit.HOURS))));
    }

    /** @throws ReplayRefusedException if part of this time was read so long ago that its keys are deleted */
    void requireKnown(TimeRange time) {
        if (state.wasRead(time, clock.instant().minus(TapLimits.HISTORY))) {
            throw new ReplayRefusedException("it has events of " + time.toText() + ". That time was read more than "
                    + TapLimits.HISTORY.toDays() + " days ago and its keys are deleted, so events could be sent twice");
        }
    }
}
