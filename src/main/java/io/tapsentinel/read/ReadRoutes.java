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
 * The fixed part of the pipeline: fetch a window, split it, commit after its last event. YAML routes cannot change it.
 * {@code direct:tap-fetch} and {@code direct:tap-event} are YAML.
 */
public class ReadRoutes extends RouteBuilder {

    /** Triggers a read of everything that is due. */
    public static final String READ_DUE = "direct:tap-read-due";
    /** Triggers sweeps of the closed hours that are due. */
    public static final String SWEEP_DUE = "direct:tap-sweep-due";

    /** Header with the event's {@link EventType} name, by which YAML routes an event: {@code CLICKS_PERMITTED}. */
    public static final String EVENT_TYPE = "CamelSentinelEventType";

    static final String WINDOW = "direct:tap-window";
    /** Processes the events of an answer that is already there; the body iterates over them. */
    public static final String EVENTS = "direct:tap-events";

    private final TapRun run;
    private final BiFunction<CamelContext, EventType, String> suspects;
    private final SweepRun sweeps;
    private final TapRequest request;
    private final TapAnswer answer;

    /**
     * @param threatStatus which threats to request: active, cleared, falsePositive
     * @param archive      receives every answer before its events are sent
     * @param suspects     guesses which step ended an event without an outcome
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
        // one failed batch fails hundreds of exchanges; the run logs the reason once
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
                // the reader continues while records wait for Sentinel; maxPending of sentinel: bounds it
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
     * Sends a read through one of these routes on its own exchange, whose end also deletes the spooled answer.
     *
     * @param body may be null
     * @return the exception of the exchange, or null
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
            // a nested commit could run while other events are in flight
            throw new WindowFailedException(
                    "a route sent an event or a copy of the answer to one of the program's internal routes");
        }
        return attached.read;
    }

    /** Hides a read from expressions, which can call any non-private method. */
    private static final class Attached {

        private final WindowRead read;
        private final String exchangeId;

        private Attached(WindowRead read, String exchangeId) {
            this.read = read;
            this.exchangeId = exchangeId;
        }
    }

    /** Makes the exchange the one that carries the event in its body. */
    public static void begin(Exchange exchange) {
        TapEvent event = exchange.getMessage().getBody(TapEvent.class);
        EventLife.carriedBy(event, exchange.getExchangeId());
        exchange.setProperty(TapEvent.PROPERTY, event);
        exchange.getMessage().setHeader(EVENT_TYPE, event.getType().name());
    }

    /** Reports each finished event to its read. A failed event does not end the split. */
    private record Settle(BiFunction<CamelContext, EventType, String> suspects) implements AggregationStrategy {

        @Override
        public Exchange aggregate(Exchange before, Exchange ended) {
            throw new UnsupportedOperationException("needs the exchange that was split");
        }

        /** @param answer the exchange that was split; routes cannot reach it */
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

        /** Null when the exception explains everything. */
        private Supplier<String> likely(TapEvent event, Exchange ended) {
            CamelContext context = ended.getContext();
            if (ended.getException() == null) {
                return () -> suspects.apply(context, event.getType());
            }
            String last = ended.getProperty(ExchangePropertyKey.TO_ENDPOINT, "", String.class)
                    .replace("://", ":");
            // other URIs may contain content of events
            String where = last.startsWith("direct:") ? last : last.replaceAll(":.*", ":");
            return !SafeMessage.isOurs(ended.getException()) ? () -> "in " + where + " or after it" : null;
        }
    }
}
