package io.tapsentinel.tap.api;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.utils.DateUtils;
import org.apache.hc.core5.http.HttpHeaders;

/**
 * Reads the Date of TAP's answers, refusals included. Works below Camel, so that no route or header filter interferes,
 * and when the headers arrive, since a body may take minutes.
 */
public final class TapDates implements HttpClientConfigurer {

    private static final String SENT = "io.tapsentinel.sent";

    private final TapHost tap;
    private final TapClock tapClock;
    private final Clock clock;

    public TapDates(URI tap, TapClock tapClock, Clock clock) {
        this.tap = new TapHost(tap);
        this.tapClock = tapClock;
        this.clock = clock;
    }

    @Override
    public void configureHttpClient(HttpClientBuilder builder) {
        builder.addRequestInterceptorLast((request, entity, context) -> context.setAttribute(SENT, Moment.of(this)));
        builder.addResponseInterceptorFirst((response, entity, context) -> {
            Instant date = DateUtils.parseStandardDate(response, HttpHeaders.DATE);
            if (date != null
                    && context.getAttribute(SENT) instanceof Moment sent
                    && tap.isAskedBy(HttpClientContext.cast(context).getRequest())) {
                Moment received = Moment.of(this);
                // otherwise this machine's clock changed meanwhile, and the Date proves nothing
                if (!ClockDifference.isSet(sent.ahead(), received.ahead())) {
                    tapClock.observed(date, sent.time, received.time);
                }
            }
        });
    }

    /** One instant by this machine's clock and by the steady one. */
    private record Moment(Instant time, Instant steady) {

        private static Moment of(TapDates dates) {
            return new Moment(dates.clock.instant(), dates.tapClock.steady().instant());
        }

        private Duration ahead() {
            return Duration.between(steady, time);
        }
    }
}
