package io.tapsentinel.doctor;

import static io.tapsentinel.tap.plan.TapLimits.SHORTEST_WINDOW;

import io.tapsentinel.app.Settings;
import io.tapsentinel.config.Remedies;
import io.tapsentinel.doctor.Web.Answer;
import io.tapsentinel.event.HumanText;
import io.tapsentinel.net.Network;
import io.tapsentinel.net.Redactor;
import io.tapsentinel.read.TapBudget;
import io.tapsentinel.tap.api.TapRefusedException;
import io.tapsentinel.tap.api.TapRefusedException.Reason;
import io.tapsentinel.tap.plan.TimeRange;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Consumer;

/** Sends TAP one request, for its shortest window: is TAP reachable, and does it accept the credentials? */
final class TapCheck implements Check {

    /** How long ago the window ends: long enough for a clock that is slightly wrong. */
    private static final Duration AGO = Duration.ofMinutes(10);

    private static final String CHECK_HOST = "check that tap.url is TAP's own host";

    private final ConfigurationCheck configuration;
    private final Web web;
    private final Clock clock;
    private Answer answer;
    private Reason refusal;

    TapCheck(ConfigurationCheck configuration, Web web, Clock clock) {
        this.configuration = configuration;
        this.web = web;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "TAP";
    }

    @Override
    public void run(Consumer<Finding> found) {
        found.accept(configuration.finding(name(), this::finding));
    }

    /** TAP's answer; empty if there was none. */
    Optional<Answer> answer() {
        return Optional.ofNullable(answer);
    }

    /** Whether TAP reported that the credential's request limit is used up. */
    boolean isThrottled() {
        return refusal == Reason.THROTTLED;
    }

    private Finding finding(Settings settings) {
        Instant to = clock.instant().minus(AGO).truncatedTo(ChronoUnit.SECONDS);
        URI question = URI.create(settings.tapUrl() + TapBudget.PATH + "?format=json&interval="
                + new TimeRange(to.minus(SHORTEST_WINDOW), to));
        try {
            answer = web.get(question, basic(settings));
        } catch (IOException e) {
            return Finding.problem(
                    name(), web.unreached(settings.tapUrl(), "tap.url").explain(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Finding.skipped(name(), "interrupted");
        }
        if (answer.status() == 200 && !answer.json()) {
            return Finding.problem(
                    name(),
                    Network.place(settings.tapUrl())
                            + " answered 200, but not with JSON: perhaps a proxy's page; check that tap.url"
                            + " is TAP's own host and that this machine may reach it");
        }
        if (answer.status() == 200 || answer.status() == 204) {
            return Finding.ok(
                    name(),
                    Network.place(settings.tapUrl()) + " accepts the credentials; it answered " + answer.status()
                            + " to one request for " + SHORTEST_WINDOW.toSeconds()
                            + " s, which counts towards TAP's " + HumanText.number(settings.requestsPerDay())
                            + " a day");
        }
        TapRefusedException refused = new TapRefusedException(answer.status(), answer.refusal());
        refusal = refused.reason();
        return Finding.problem(name(), Redactor.line(refused.getMessage()) + "; " + remedy(refused));
    }

    private static String basic(Settings settings) {
        byte[] pair = (settings.principal() + ':' + settings.secret().get()).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    private static String remedy(TapRefusedException refused) {
        return switch (refused.reason()) {
            case CREDENTIALS ->
                Remedies.TAP_CREDENTIALS
                        + "; create one in the TAP dashboard under Settings > Connected Applications, and check that no proxy removes it";
            case THROTTLED -> Remedies.TAP_THROTTLED;
            case STILL_CURRENT, TOO_OLD -> "this machine's clock differs from TAP's: " + Remedies.CLOCK;
            case REQUEST ->
                refused.status() == 404
                        ? "no SIEM API at tap.url; set only the host, https://tap-api-v2.proofpoint.com"
                        : CHECK_HOST;
            case TIMED_OUT, TRANSIENT ->
                refused.status() < 400
                        ? CHECK_HOST
                        : "a temporary failure of TAP or the network, which the program retries; try again later";
        };
    }
}
