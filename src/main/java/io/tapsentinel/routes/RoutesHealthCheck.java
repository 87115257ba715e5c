package io.tapsentinel.routes;

import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * Whether the routes that run are those of the folder. Always UP, since the running ones go on; {@code status} DEGRADED while an
 * edit is refused, with the first reason.
 */
public final class RoutesHealthCheck extends AbstractHealthCheck {

    private final RoutesReload reload;

    public RoutesHealthCheck(RoutesReload reload) {
        super("tap-sentinel", "routes");
        this.reload = reload;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        builder.up();
        reload.refused().stream().findFirst().ifPresent(reason -> {
            builder.detail("routes.refused", reason);
            builder.detail("status", "DEGRADED");
        });
    }
}
