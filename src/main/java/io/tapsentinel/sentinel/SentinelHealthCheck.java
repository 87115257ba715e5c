package io.tapsentinel.sentinel;

import java.util.Map;
import java.util.Optional;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * The sink as health sees it: DOWN while deliveries fail in a way that only a person can mend, UP with details while they
 * are retried for something that passes.
 */
public class SentinelHealthCheck extends AbstractHealthCheck {

    private final SentinelComponent sentinel;

    public SentinelHealthCheck(SentinelComponent sentinel) {
        super("tap-sentinel", "sentinel");
        this.sentinel = sentinel;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        Deliveries deliveries = sentinel.deliveries();
        builder.detail("sentinel.acknowledged", deliveries.acknowledged());
        builder.detail("sentinel.pending", deliveries.pending());
        builder.detail("sentinel.rejected", sentinel.rejections().rejected());
        builder.detail("sentinel.capped", sentinel.rejections().capped());
        deliveries.troubles().forEach((table, trouble) -> builder.detail("sentinel.trouble." + table,
                trouble.failures() + " failed requests in a row: " + trouble.message()));
        Optional<String> failure = deliveries.needsPerson();
        if (failure.isPresent()) {
            builder.message(failure.get()).down();
        } else {
            builder.up();
        }
    }
}
