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

/** Checks requests like the sandbox's TAP, for simulations with other rows. */
public final class TapRequestCheck {

    private final TapGate gate;

    /** The events that a request selects: by type, creation time and threat status. */
    public record Asked(List<EventType> types, TimeRange window, Set<String> statuses) {}

    /** @param principal with {@code secret} the only accepted credentials */
    public TapRequestCheck(String principal, String secret) {
        gate = new TapGate(principal, secret, SandboxTap.REQUESTS_PER_DAY);
    }

    /** The request's selection; empty if it was refused and answered. */
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

    /** The body of a 200, gzipped if the client accepts it; complete when closed. */
    public static OutputStream rows(HttpExchange exchange) throws IOException {
        return SandboxTap.body(exchange);
    }
}
