package io.tapsentinel.sandbox;

import com.sun.net.httpserver.HttpExchange;
import io.tapsentinel.event.EventType;
import io.tapsentinel.tap.plan.TimeRange;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Checks requests as the sandbox's TAP does, for a simulated TAP with rows of its own. */
public final class TapRequestCheck {

    private final TapGate gate;

    /** What a request asks for: the events of some types created in a window whose threats have one of the statuses. */
    public record Asked(List<EventType> types, TimeRange window, Set<String> statuses) {}

    /** The only credentials that are let in. */
    public TapRequestCheck(String principal, String secret) {
        gate = new TapGate(principal, secret, SandboxTap.REQUESTS_PER_DAY);
    }

    /** What was asked for; empty when the request was refused, which is answered then. */
    public Optional<Asked> admit(HttpExchange exchange, Instant now) throws IOException {
        try {
            TapPath path = gate.admit(exchange, now);
            TapQuery query = TapQuery.parse(exchange.getRequestURI().getRawQuery(), now);
            return Optional.of(new Asked(path.types(), new TimeRange(query.from(), query.to()), query.statuses()));
        } catch (Refusal refusal) {
            SandboxTap.refuse(exchange, refusal);
            return Optional.empty();
        }
    }

    /** A stream for the body of a 200, with gzip where the client accepts it; whole when it is closed. */
    public static OutputStream rows(HttpExchange exchange) throws IOException {
        return SandboxTap.body(exchange);
    }
}
