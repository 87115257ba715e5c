package io.tapsentinel.route;

import io.tapsentinel.tap.TapRefusedException;
import io.tapsentinel.tap.TapRest;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/** The source as health sees it: DOWN while TAP refuses the credentials, since then a person has to act. */
public class TapHealthCheck extends AbstractHealthCheck {

    private final TapRest rest;

    public TapHealthCheck(TapRest rest) {
        super("tap-sentinel", "tap");
        this.rest = rest;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        rest.lastAnswer().ifPresent(at -> builder.detail("tap.last-answer", at.toString()));
        Optional<TapRefusedException> refusal = rest.refusal();
        refusal.ifPresent(refused -> {
            builder.detail("tap.last-refusal", refused.getMessage());
            builder.detail("tap.next-request-after", String.valueOf(rest.until()));
        });
        if (refusal.filter(TapRest::isAboutCredentials).isPresent()) {
            builder.message(refusal.get().getMessage() + "; check tap.principal and tap.secret").down();
        } else {
            builder.up();
        }
    }
}
