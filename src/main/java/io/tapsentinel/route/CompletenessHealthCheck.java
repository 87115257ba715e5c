package io.tapsentinel.route;

import io.tapsentinel.state.Gap;
import io.tapsentinel.state.StoreException;
import io.tapsentinel.tap.Horizon;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * How far reading has come, and whether anything is missing. Always UP, since a restart brings nothing back; {@code status}
 * DEGRADED for seven days after a gap was noticed, and while the swept hours of seven days lack events that TAP reported in them.
 */
public class CompletenessHealthCheck extends AbstractHealthCheck {

    private static final Duration RECENT = Duration.ofDays(7);

    private final Figures figures;

    public CompletenessHealthCheck(Figures figures) {
        super("tap-sentinel", "completeness");
        this.figures = figures;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        builder.up();
        try {
            show(figures.now(), builder);
        } catch (StoreException e) {
            // the storage check is DOWN and says why
            builder.detail("status", "DEGRADED");
        }
    }

    private static void show(Figures.Seen seen, HealthCheckResultBuilder builder) {
        seen.progress().ifPresent(progress -> {
            builder.detail("tap.progress", progress.readTo().toString());
            builder.detail("tap.lag", seconds(seen.lag()));
        });
        builder.detail("tap.backlog.ranges", seen.backlog().size());
        builder.detail("tap.backlog.total", seconds(seen.owed()));
        builder.detail("tap.gaps", seen.gaps().size());
        builder.detail("tap.gaps.total", seconds(seen.lost()));
        seen.gaps().stream().max(Comparator.comparing(Gap::noticedAt).thenComparing(gap -> gap.time().from())).ifPresent(gap -> {
            builder.detail("tap.gap.from", gap.time().from().toString());
            builder.detail("tap.gap.to", gap.time().to().toString());
            builder.detail("tap.gap.reason", gap.reason());
            builder.detail("tap.gap.noticed-at", gap.noticedAt().truncatedTo(ChronoUnit.SECONDS).toString());
        });
        seen.swept().ifPresent(swept -> {
            builder.detail("tap.sweep.last-hour", swept.last().toString());
            builder.detail("tap.sweep.theirs", swept.theirs());
            builder.detail("tap.sweep.ours", swept.ours());
            builder.detail("tap.sweep.missing", swept.missing());
        });
        if (seen.missing() > 0 || isRecent(seen.gaps(), seen.at())) {
            builder.detail("status", "DEGRADED");
        }
    }

    private static boolean isRecent(List<Gap> gaps, Instant now) {
        // a gap that grows was noticed when it began; it ends where TAP's edge was when the last of it was lost
        return gaps.stream().anyMatch(gap -> gap.noticedAt().isAfter(now.minus(RECENT))
                || gap.time().to().isAfter(Horizon.at(now.minus(RECENT)).edge()));
    }

    private static String seconds(Duration duration) {
        return duration.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
