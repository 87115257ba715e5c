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

/** Whether there is a token for the endpoint's cloud, and whose. */
final class TokenCheck implements Check {

    private final ConfigurationCheck configuration;
    private final Supplier<TokenCredential> credentials;
    private final Supplier<Optional<String>> chosen;
    private final Clock clock;
    private boolean well;
    private TokenIdentity identity = TokenIdentity.UNKNOWN;

    /**
     * @param credentials makes the credential that the program would use
     * @param chosen      by which identity that signed in, by name
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
    public void look(Consumer<Finding> found) {
        found.accept(configuration.finding(name(), this::finding));
    }

    /** Whether there is one, or none is needed. */
    boolean isWell() {
        return well;
    }

    /** Whose it is. */
    TokenIdentity identity() {
        return identity;
    }

    private Finding finding(Settings settings) {
        if (!settings.authenticate()) {
            well = true;
            return Finding.well(name(), "none is needed, since sentinel.auth is none");
        }
        String scope = settings.cloud().scope();
        try {
            AccessToken token = credentials.get().getTokenSync(new TokenRequestContext().addScopes(scope));
            well = true;
            identity = TokenIdentity.of(token.getToken());
            return Finding.well(
                    name(),
                    chosen.get().map(name -> "by " + name + ", ").orElse("") + "for " + scope + ", good for "
                            + HumanText.duration(Duration.between(
                                    clock.instant(), token.getExpiresAt().toInstant())) + ", of " + identity);
        } catch (RuntimeException e) {
            return Finding.wrong(
                    name(),
                    "none is to be had for " + scope + ": " + SafeMessage.of(e)
                            + (e instanceof SignInException none && !none.isIdentityFound()
                                    ? ""
                                    : "; " + Remedies.TOKEN + ", its secret or certificate, and its tenant"));
        }
    }
}
