package io.tapsentinel.read;

import io.tapsentinel.event.EventLife;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.net.SafeMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.builder.ThreadPoolBuilder;

/**
 * The part of the way of an event that no YAML route can change: a run reads what is due, a window is fetched, split, and
 * committed after its last event. {@code direct:tap-fetch} and {@code direct:tap-event} are YAML.
 */
public class ReadRoutes extends RouteBuilder {

    /** Where a trigger asks for everything that is due. */
    public static final String READ_DUE = "direct:tap-read-due";
    /** Where a trigger asks for closed hours that are due again. */
    public static final String SWEEP_DUE = "direct:tap-sweep-due";

    /** Header with the event's {@link EventType} name, by which YAML routes an event: {@code CLICKS_PERMITTED}. */
    public static final String EVENT_TYPE = "CamelSentinelEventType";

    static final String WINDOW = "direct:tap-window";
    /** Takes a read of which nothing is left to ask: the body iterates over its events. */
    public static final String EVENTS = "direct:tap-events";

    private final TapRun run;
    private final BiFunction<CamelContext, EventType, String> suspects;
    private final SweepRun sweeps;
    private final TapRequest request;
    private final TapAnswer answer;

    /**
     * @param threatStatus which threats to ask for: active, cleared, falsePositive
     * @param archive      gets every answer before its events are sent
     * @param suspects     guesses which step ended an event of a type without an outcome
     */
    public ReadRoutes(
            TapRun run,
            SweepRun sweeps,
            TapBudget budget,
            List<String> threatStatus,
            Unrouted unrouted,
            AnswerArchive archive,
            BiFunction<CamelContext, EventType, String> suspects,
            Clock clock) {
        this.run = run;
        this.suspects = suspects;
        this.sweeps = sweeps;
        this.request = new TapRequest(budget, threatStatus);
        this.answer = new TapAnswer(budget, unrouted, archive, clock);
    }

    @Override
    public void configure() throws Exception {
        // a failed batch fails hundreds of exchanges for one reason, which the run says once
        errorHandler(noErrorHandler());

        from(READ_DUE).routeId("tap-read-due").process(run).description("reads each due window through " + WINDOW);

        from(SWEEP_DUE)
                .routeId("tap-sweep-due")
                .process(sweeps)
                .description("reads each due closed hour through " + WINDOW);

        from(WINDOW)
                .routeId("tap-window")
                .process(request)
                .description("sets interval, status and budget")
                .to("direct:tap-fetch")
                .process(answer)
                .description("checks TAP's status and opens its document")
                .to(EVENTS);

        from(EVENTS)
                .routeId("tap-events")
                .split(body(), new Settle(suspects))
                .streaming()
                .parallelProcessing()
                // the reader goes on while records wait for their acknowledgement; what bounds it is sentinel:'s
                // maxPending
                .executorService(new ThreadPoolBuilder(getContext())
                        .poolSize(2)
                        .maxPoolSize(2)
                        .maxQueueSize(16)
                        .build("tap-split"))
                .process(ReadRoutes::begin)
                .description("ties the event to this exchange")
                .to("direct:tap-event")
                .end()
                .process(exchange -> read(exchange).commit())
                .description("commits once every event has an outcome");
    }

    /**
     * Sends a read through one of these routes, on an exchange of its own, so that a spooled answer goes with it.
     *
     * @param body null for none
     * @return what the exchange ended with; null when it ended well
     */
    public static Throwable send(CamelContext camel, String route, WindowRead read, Iterator<TapEvent> body) {
        try (ProducerTemplate template = camel.createProducerTemplate()) {
            return template.send(route, exchange -> {
                        attach(exchange, read);
                        exchange.getMessage().setBody(body);
                    })
                    .getException();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void attach(Exchange exchange, WindowRead read) {
        exchange.setProperty(TapEvent.WINDOW, new Attached(read, exchange.getExchangeId()));
    }

    static WindowRead read(Exchange exchange) {
        Attached attached = exchange.getProperty(TapEvent.WINDOW, Attached.class);
        if (attached == null) {
            throw new WindowFailedException("a route removed or changed the property " + TapEvent.WINDOW);
        }
        if (!attached.exchangeId.equals(exchange.getExchangeId())) {
            // a nested commit could come while other events are on their way
            throw new WindowFailedException(
                    "a route sent an event or a copy of the answer to one of the program's internal routes");
        }
        return attached.read;
    }

    /** Keeps a read from expressions, which could call every method of it that is not private. */
    private static final class Attached {

        private final WindowRead read;
        private final String exchangeId;

        private Attached(WindowRead read, String exchangeId) {
            this.read = read;
            this.exchangeId = exchangeId;
        }
    }

    /** Makes an exchange the one that carries the event in its body. */
    public static void begin(Exchange exchange) {
        TapEvent event = exchange.getMessage().getBody(TapEvent.class);
        EventLife.carriedBy(event, exchange.getExchangeId());
        exchange.setProperty(TapEvent.PROPERTY, event);
        exchange.getMessage().setHeader(EVENT_TYPE, event.getType().name());
    }

    /** Reports each event that has ended and keeps nothing of it; a failed one does not end the split. */
    private record Settle(BiFunction<CamelContext, EventType, String> suspects) implements AggregationStrategy {

        @Override
        public Exchange aggregate(Exchange before, Exchange ended) {
            throw new UnsupportedOperationException("needs the exchange that was split");
        }

        /** {@code answer} is the exchange that was split, which no route can reach. */
        @Override
        public Exchange aggregate(Exchange before, Exchange ended, Exchange answer) {
            TapEvent event = ended.getProperty(TapEvent.PROPERTY, TapEvent.class);
            if (event == null || !event.isCarriedBy(ended.getExchangeId())) {
                read(answer)
                        .failures()
                        .add(new WindowFailedException("a route lost track of an event: property " + TapEvent.PROPERTY
                                + " was removed or changed"));
            } else {
                read(answer).settled(event, ended.getException(), likely(event, ended));
            }
            return before;
        }

        /** Null when the exception says it all. */
        private Supplier<String> likely(TapEvent event, Exchange ended) {
            CamelContext context = ended.getContext();
            if (ended.getException() == null) {
                return () -> suspects.apply(context, event.getType());
            }
            String last = ended.getProperty(ExchangePropertyKey.TO_ENDPOINT, "", String.class)
                    .replace("://", ":");
            // other URIs may have been made of content
            String where = last.startsWith("direct:") ? last : last.replaceAll(":.*", ":");
            return !SafeMessage.isOurs(ended.getException()) ? () -> "in " + where + " or after it" : null;
        }
    }
}
