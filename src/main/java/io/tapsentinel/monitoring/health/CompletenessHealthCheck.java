package io.tapsentinel.monitoring.health;

import io.tapsentinel.event.HumanText;
import io.tapsentinel.monitoring.Figures;
import io.tapsentinel.store.StoreException;
import io.tapsentinel.store.ledger.Gap;
import io.tapsentinel.store.ledger.StoreFigures;
import io.tapsentinel.store.ledger.SweptKeys;
import io.tapsentinel.tap.plan.Horizon;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;

/**
 * Reports progress, gaps and missing events. DEGRADED for seven days after a gap, and while swept hours of the last seven days lack
 * reported events. Never DOWN: no action brings back lost events. Deferred, withdrawn and rejected events are not missing.
 */
public class CompletenessHealthCheck extends ProgramHealthCheck {

    private static final Duration RECENT = Duration.ofDays(7);

    private final Figures figures;

    public CompletenessHealthCheck(Figures figures) {
        super("completeness");
        this.figures = figures;
    }

    @Override
    protected void look(Findings findings) {
        findings.asks("the store");
        try {
            show(figures.now(), findings);
        } catch (StoreException e) {
            // the storage check reports the reason
            findings.problem(KnownProblem.UNREAD);
        }
    }

    private static void show(StoreFigures seen, Findings findings) {
        seen.progress().ifPresent(progress -> {
            findings.detail("tap.progress", progress.readTo().toString());
            findings.detail("tap.lag", seconds(seen.lag()));
        });
        findings.detail("tap.backlog.ranges", seen.backlog().size());
        findings.detail("tap.backlog.total", seconds(seen.owed()));
        seen.narrowed().forEach(range -> findings.detail("tap.unreadable", range.toString()));
        findings.detail("tap.gaps", seen.gaps().size());
        findings.detail("tap.gaps.total", seconds(seen.lost()));
        seen.gaps().stream()
                .max(Comparator.comparing(Gap::noticedAt)
                        .thenComparing(gap -> gap.time().from()))
                .ifPresent(gap -> {
                    findings.detail("tap.gap.from", gap.time().from().toString());
                    findings.detail("tap.gap.to", gap.time().to().toString());
                    findings.detail("tap.gap.reason", gap.reason());
                    findings.detail(
                            "tap.gap.noticed-at",
                            gap.noticedAt().truncatedTo(ChronoUnit.SECONDS).toString());
                });
        seen.swept().ifPresent(swept -> {
            findings.detail("tap.sweep.last-hour", swept.last().toString());
            SweptKeys keys = swept.keys();
            findings.detail("tap.sweep.theirs", keys.theirs())
                    .detail("tap.sweep.ours", keys.ours())
                    .detail("tap.sweep.deferred", keys.deferred())
                    .detail("tap.sweep.withdrawn", keys.withdrawn())
                    .detail("tap.sweep.rejected", keys.rejected())
                    .detail("tap.sweep.missing", keys.missing());
        });
        findings.detail("tap.deferred", seen.deferred()).detail("tap.withdrawn", seen.withdrawn());
        if (seen.missing() > 0) {
            findings.problem(KnownProblem.MISSING, HumanText.count(seen.missing(), "event") + " in the last 7 days");
        }
        if (isRecent(seen.gaps(), seen.at())) {
            findings.problem(
                    KnownProblem.GAP,
                    HumanText.count(seen.gaps().size(), "gap") + " in total, " + HumanText.duration(seen.lost()));
        }
    }

    private static boolean isRecent(List<Gap> gaps, Instant now) {
        // a growing gap keeps the time when it was first noticed; its end shows when it last grew
        return gaps.stream()
                .anyMatch(gap -> gap.noticedAt().isAfter(now.minus(RECENT))
                        || gap.time().to().isAfter(Horizon.at(now.minus(RECENT)).edge()));
    }

    private static String seconds(Duration duration) {
        return duration.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
