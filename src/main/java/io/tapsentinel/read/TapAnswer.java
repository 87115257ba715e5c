package io.tapsentinel.read;

import io.tapsentinel.event.TapEvent;
import io.tapsentinel.process.SafeListeners;
import io.tapsentinel.tap.answer.TapAnswerException;
import io.tapsentinel.tap.answer.TapEventReader;
import io.tapsentinel.tap.api.TapRefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Collections;
import java.util.Iterator;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.StreamCache;
import org.apache.camel.converter.stream.StreamCacheConverter;

/**
 * Turns TAP's answer into an iterator of events, or its refusal into an exception. The complete body is already on
 * disk, so that Sentinel may take any time to accept its events.
 */
class TapAnswer implements Processor {

    private final TapBudget budget;
    private final Unrouted unrouted;
    private final SafeListeners listeners = new SafeListeners();
    private final AnswerArchive archive;
    private final Clock clock;

    TapAnswer(TapBudget budget, Unrouted unrouted, AnswerArchive archive, Clock clock) {
        this.budget = budget;
        this.unrouted = unrouted;
        this.archive = listeners.safe(AnswerArchive.class, archive, AnswerArchive.Copy.NONE);
        this.clock = clock;
    }

    /** Bytes of a refusal to read. */
    private static final int QUOTED = 65_536;

    @Override
    public void process(Exchange exchange) throws IOException {
        int status = exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, 0, Integer.class);
        if (status != 200 && status != 204) {
            throw new TapRefusedException(
                    status, beginning(exchange.getMessage().getBody(InputStream.class)));
        }
        WindowRead read = ReadRoutes.read(exchange);
        budget.requireAnswered(status);
        read.answer().arrived(clock.instant());
        UnroutedElements others = unrouted.of(read);
        Iterator<TapEvent> answer = status == 204 ? Collections.emptyIterator() : events(exchange, read, others);
        // the split copies headers to every event
        exchange.getMessage().removeHeaders("*");
        exchange.getMessage().setBody(read.events(answer, others));
    }

    private Iterator<TapEvent> events(Exchange exchange, WindowRead read, UnroutedElements others) throws IOException {
        InputStream body = exchange.getMessage().getBody(InputStream.class);
        if (body == null) {
            throw new TapAnswerException("TAP answered 200 without a body");
        }
        // usually the complete body in memory or on disk already, unless a route turned stream caching off
        StreamCache whole =
                body instanceof StreamCache cached ? cached : StreamCacheConverter.convertToStreamCache(body, exchange);
        // deferred events were archived when first read; a replay of this answer would also deliver its false positives
        AnswerArchive.Copy copy = read.due().ofOneTable() == null
                ? archive.copy(read.window(), read.readAt(), whole.length(), whole::writeTo)
                : AnswerArchive.Copy.NONE;
        read.setCopy(listeners.safe(AnswerArchive.Copy.class, copy, null));
        whole.reset();
        if (budget.isFramed()) {
            read.answer().arrivedComplete();
        }
        read.begin(whole);
        Iterator<TapEvent> all = new TapEventReader(
                () -> {
                    StreamCache again = whole.copy(exchange);
                    again.reset();
                    return read.answer().counted((InputStream) again);
                },
                read.window().to(),
                others);
        return read.due().ofOneTable() == null
                ? all
                : new WantedEvents(all, read.due().ofOneTable());
    }

    private static String beginning(InputStream body) throws IOException {
        return body == null ? null : new String(body.readNBytes(QUOTED), StandardCharsets.UTF_8);
    }
}
