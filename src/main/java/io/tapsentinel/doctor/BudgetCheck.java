package io.tapsentinel.doctor;

import io.tapsentinel.config.Remedies;
import io.tapsentinel.event.HumanText;
import io.tapsentinel.report.ReportSettings;
import io.tapsentinel.store.ledger.RequestBudget;
import io.tapsentinel.store.ledger.StoreLook;
import io.tapsentinel.tap.plan.Pool;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Requests left in the last 24 hours by the program's own count; TAP does not report how many are left. */
final class BudgetCheck implements Check {

    private final StoreCheck store;
    private final TapCheck tap;

    BudgetCheck(StoreCheck store, TapCheck tap) {
        this.store = store;
        this.tap = tap;
    }

    @Override
    public String name() {
        return "budget";
    }

    @Override
    public void run(Consumer<Finding> found) {
        found.accept(
                store.settings().isEmpty()
                        ? Finding.skipped(name(), ConfigurationCheck.INCOMPLETE)
                        : store.seen()
                                .map(look -> finding(look, store.settings().get()))
                                .orElseGet(() -> Finding.skipped(
                                        name(), "skipped: requests are counted in the store, which cannot be read")));
    }

    private Finding finding(StoreLook look, ReportSettings settings) {
        int perDay = settings.requestsPerDay();
        long used = look.requests().get(Pool.EVERYTHING_ELSE);
        if (tap.isThrottled() && used * 2 < perDay) {
            return Finding.problem(
                    name(),
                    "TAP's request limit is used up, but this program sent only " + HumanText.count(used, "request")
                            + " in 24 hours; " + Remedies.OTHER_CLIENT);
        }
        if (used >= perDay) {
            return Finding.problem(
                    name(),
                    "all " + HumanText.number(perDay)
                            + " requests of the last 24 hours are used; reading continues as the oldest expire; if this happens again, "
                            + Remedies.FEWER_REQUESTS);
        }
        List<String> left = new ArrayList<>();
        for (Pool pool : Pool.values()) {
            left.add(0, HumanText.number(Math.max(0, perDay - look.requests().get(pool))) + " for " + pool.word());
        }
        return Finding.ok(
                name(),
                String.join(" and ", left) + " left of " + HumanText.number(perDay) + " requests in 24 hours; "
                        + HumanText.number(RequestBudget.share(
                                perDay,
                                settings.reservePercent(),
                                settings.cost().polls()))
                        + " are reserved for fresh polls");
    }
}
