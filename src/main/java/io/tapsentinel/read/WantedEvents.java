package io.tapsentinel.read;

import io.tapsentinel.event.EventRef;
import io.tapsentinel.event.TapEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.Set;

/**
 * The deferred events of one type in an answer. Looks up ten events at a time, since each look-up is a transaction. Not
 * for concurrent use.
 */
final class WantedEvents implements Iterator<TapEvent> {

    private static final int AT_ONCE = 10;

    private final Iterator<TapEvent> all;
    private final CatchUpRead table;
    private final Queue<TapEvent> next = new ArrayDeque<>();

    WantedEvents(Iterator<TapEvent> all, CatchUpRead table) {
        this.all = all;
        this.table = table;
    }

    @Override
    public boolean hasNext() {
        while (next.isEmpty() && all.hasNext()) {
            List<TapEvent> ahead = new ArrayList<>();
            while (ahead.size() < AT_ONCE && all.hasNext()) {
                TapEvent event = all.next();
                if (event.getType() == table.type()) {
                    ahead.add(event);
                }
            }
            Set<EventRef> wanted =
                    table.wanted(ahead.stream().map(TapEvent::ref).toList());
            ahead.stream().filter(event -> wanted.contains(event.ref())).forEach(next::add);
        }
        return !next.isEmpty();
    }

    @Override
    public TapEvent next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return next.remove();
    }
}
