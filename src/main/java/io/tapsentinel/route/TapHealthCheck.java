package io.tapsentinel.route;

import io.tapsentinel.state.LedgerEntry.Purpose;
import io.tapsentinel.state.RequestBudget;
import io.tapsentinel.state.StoreException;
import io.tapsentinel.tap.Pool;
import io.tapsentinel.tap.TapClock;
import io.tapsentinel.tap.TapCondition;
import io.tapsentinel.tap.TapRefusedException;
import io.tapsentinel.tap.TapRefusedException.Reason;
import io.tapsentinel.tap.TapRest;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * The source as health sees it. DOWN where a person has to act: TAP refuses the credentials, or a window for a reason that will
 * not pass. All else that hinders reading is a detail, since it passes by itself.
 */
public class TapHealthCheck extends AbstractHealthCheck {

    private final TapCondition tap;
    private final RequestBudget budget;
    private final Postponed postponed;
    private final Clock clock;

    /** @param budget how many requests we have sent ourselves */
    public TapHealthCheck(TapCondition tap, RequestBudget budget, Postponed postponed, Clock clock) {
        super("tap-sentinel", "tap");
        this.tap = tap;
        this.budget = budget;
        this.postponed = postponed;
        this.clock = clock;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        TapRest rest = tap.rest();
        rest.lastAnswer().ifPresent(at -> builder.detail("tap.last-answer", at.toString()));
        rest.refusal().ifPresent(refused -> builder.detail("tap.last-refusal", refused.getMessage()));
        if (rest.isResting(clock.instant())) {
            builder.detail("tap.next-request-after", rest.until().toString());
        }
        if (rest.failures() > 0) {
            builder.detail("tap.failures-in-a-row", rest.failures());
        }
        if (tap.size().isReduced()) {
            builder.detail("tap.longest-window", tap.size().longest().toString());
        }
        tap.clock().ahead().ifPresent(ahead ->
                builder.detail("tap.clock", "this machine's clock is " + TapClock.inWords(ahead) + " TAP's"));
        budget(builder, rest.standing().filter(refused -> refused.reason() == Reason.THROTTLED).isPresent());
        rest.held().ifPresent(window -> builder.detail("tap.refused-window", window.toString()));

        Optional<TapRefusedException> credentials = rest.standing().filter(TapRest::isAboutCredentials);
        if (credentials.isPresent()) {
            builder.message(credentials.get().getMessage() + "; check tap.principal and tap.secret").down();
        } else if (rest.heldBy().isPresent()) {
            builder.message(rest.heldBy().get().getMessage() + "; the window is kept and asked for again, check tap.url, the routes"
                    + " and the clock").down();
        } else {
            builder.up();
        }
    }

    /** TAP never says how much of its pool is left; our own number tells whose requests used it up. */
    private void budget(HealthCheckResultBuilder builder, boolean throttled) {
        postponed.inWords().ifPresent(what -> builder.detail("tap.postponed", what));
        try {
            for (Pool pool : Pool.values()) {
                String name = "tap.requests." + pool.word();
                builder.detail(name + ".in-24-hours", budget.used(pool));
                builder.detail(name + ".left-for-polls", budget.left(pool, Purpose.POLL));
                builder.detail(name + ".left-for-the-rest", budget.left(pool, Purpose.SWEEP));
            }
            long used = budget.used(Pool.EVERYTHING_ELSE);
            if (throttled && used * 2 < budget.perDay()) {
                builder.detail("tap.throttled", "only " + used + " requests of ours in 24 hours: another client may share the credential");
            }
        } catch (StoreException e) {
            // the store's own health says so
        }
    }
}
