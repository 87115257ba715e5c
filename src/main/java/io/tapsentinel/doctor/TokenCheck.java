package io.tapsentinel.doctor;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import io.tapsentinel.app.Settings;
import io.tapsentinel.config.Remedies;
import io.tapsentinel.event.HumanText;
import io.tapsentinel.net.SafeMessage;
import io.tapsentinel.sentinel.azure.SignInException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Obtains a token for the endpoint's cloud and shows its identity. */
final class TokenCheck implements Check {

    private final ConfigurationCheck configuration;
    private final Supplier<TokenCredential> credentials;
    private final Supplier<Optional<String>> chosen;
    private final Clock clock;
    private boolean ok;
    private TokenIdentity identity = TokenIdentity.UNKNOWN;

    /**
     * @param credentials makes the program's credential
     * @param chosen      name of the sign-in method that worked
     */
    TokenCheck(
            ConfigurationCheck configuration,
            Supplier<TokenCredential> credentials,
            Supplier<Optional<String>> chosen,
            Clock clock) {
        this.configuration = configuration;
        this.credentials = credentials;
        this.chosen = chosen;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "token";
    }

    @Override
    public void run(Consumer<Finding> found) {
        found.accept(configuration.finding(name(), this::finding));
    }

    /** Whether a token was obtained, or none is needed. */
    boolean isOk() {
        return ok;
    }

    /** The token's identity. */
    TokenIdentity identity() {
        return identity;
    }

    private Finding finding(Settings settings) {
        if (!settings.authenticate()) {
            ok = true;
            return Finding.ok(name(), "not needed: sentinel.auth is none");
        }
        String scope = settings.cloud().scope();
        try {
            AccessToken token = credentials.get().getTokenSync(new TokenRequestContext().addScopes(scope));
            ok = true;
            identity = TokenIdentity.of(token.getToken());
            return Finding.ok(
                    name(),
                    "obtained" + chosen.get().map(name -> " with " + name).orElse("") + " for " + scope + ", valid for "
                            + HumanText.duration(Duration.between(
                                    clock.instant(), token.getExpiresAt().toInstant())) + "; " + identity);
        } catch (RuntimeException e) {
            return Finding.problem(
                    name(),
                    "no token for " + scope + ": " + SafeMessage.of(e)
                            + (e instanceof SignInException none && !none.isIdentityFound()
                                    ? ""
                                    : "; " + Remedies.TOKEN + ", its secret or certificate, and its tenant"));
        }
    }
}
