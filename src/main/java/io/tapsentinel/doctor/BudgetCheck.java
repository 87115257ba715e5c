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

/** How many requests of a rolling day the program has left by its own count, which is all that anybody knows. */
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
    public void look(Consumer<Finding> found) {
        found.accept(
                store.settings().isEmpty()
                        ? Finding.unknown(name(), ConfigurationCheck.FIRST)
                        : store.seen()
                                .map(look -> finding(look, store.settings().get()))
                                .orElseGet(() -> Finding.unknown(
                                        name(), "it is counted in the store, which could not be read")));
    }

    private Finding finding(StoreLook look, ReportSettings settings) {
        int perDay = settings.requestsPerDay();
        long used = look.requests().get(Pool.EVERYTHING_ELSE);
        if (tap.isThrottled() && used * 2 < perDay) {
            return Finding.wrong(
                    name(),
                    "TAP says that the pool is used up, and only " + HumanText.count(used, "request")
                            + " of ours in 24 hours " + (used == 1 ? "is" : "are")
                            + " counted; " + Remedies.OTHER_CLIENT);
        }
        if (used >= perDay) {
            return Finding.wrong(
                    name(),
                    "all " + HumanText.number(perDay)
                            + " requests of 24 hours are used; reading goes on as the oldest age out; if that happens again, "
                            + Remedies.FEWER_REQUESTS);
        }
        List<String> left = new ArrayList<>();
        for (Pool pool : Pool.values()) {
            left.add(0, HumanText.number(Math.max(0, perDay - look.requests().get(pool))) + " for " + pool.word());
        }
        return Finding.well(
                name(),
                "of " + HumanText.number(perDay) + " requests of 24 hours in each pool are left "
                        + String.join(" and ", left) + "; "
                        + HumanText.number(RequestBudget.share(
                                perDay,
                                settings.reservePercent(),
                                settings.cost().polls()))
                        + " of them are kept for fresh polls");
    }
}
