package io.tapsentinel.sentinel;

import java.util.Map;
import java.util.Optional;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/** The sink as health sees it: DOWN while the last batch was refused. */
public class SentinelHealthCheck extends AbstractHealthCheck {

    private final Deliveries deliveries;

    public SentinelHealthCheck(Deliveries deliveries) {
        super("tap-sentinel", "sentinel");
        this.deliveries = deliveries;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        builder.detail("sentinel.acknowledged", deliveries.acknowledged());
        builder.detail("sentinel.pending", deliveries.pending());
        Optional<String> failure = deliveries.lastFailure();
        if (failure.isPresent()) {
            builder.message(failure.get()).down();
        } else {
            builder.up();
        }
    }
}
