package io.tapsentinel.doctor;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import io.tapsentinel.command.Figures;
import io.tapsentinel.config.Settings;
import io.tapsentinel.sentinel.upload.Failure;
import io.tapsentinel.sentinel.upload.SignInException;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;

/** Whether there is a token for the endpoint's cloud, and whose. */
final class TokenCheck implements Check {

    private static final String ANYBODY = "this identity";

    private final ConfigurationCheck configuration;
    private final Function<Settings, TokenCredential> credentials;
    private final Clock clock;
    private boolean well;
    private String identity = ANYBODY;

    /** @param credentials the credential that the program would use */
    TokenCheck(ConfigurationCheck configuration, Function<Settings, TokenCredential> credentials, Clock clock) {
        this.configuration = configuration;
        this.credentials = credentials;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "token";
    }

    @Override
    public void look(Consumer<Finding> found) {
        found.accept(configuration.settings().map(this::finding).orElseGet(() -> Finding.unknown(name(), ConfigurationCheck.FIRST)));
    }

    /** Whether there is one, or none is needed. */
    boolean isWell() {
        return well;
    }

    /** Whose it is, in words. */
    String identity() {
        return identity;
    }

    private Finding finding(Settings settings) {
        if (!settings.authenticate()) {
            well = true;
            identity = "this program";
            return Finding.well(name(), "none is needed, since sentinel.auth is none");
        }
        String scope = settings.cloud().scope();
        try {
            AccessToken token = credentials.apply(settings).getTokenSync(new TokenRequestContext().addScopes(scope));
            well = true;
            identity = TokenIdentity.of(token.getToken()).map(ids -> "the identity with " + ids).orElse(ANYBODY);
            return Finding.well(name(), "for " + scope + ", of " + identity + ", good for "
                    + Figures.length(Duration.between(clock.instant(), token.getExpiresAt().toInstant())));
        } catch (RuntimeException e) {
            return Finding.wrong(name(), "none is to be had for " + scope + ": " + Failure.of(e) + "; " + remedy(e));
        }
    }

    private static String remedy(RuntimeException failure) {
        return failure instanceof SignInException none && !none.isIdentityFound()
                ? "set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET (or AZURE_CLIENT_CERTIFICATE_PATH), or run this where there is a"
                        + " workload identity or a managed identity, or after az login"
                : "an identity was found and got no token: check its id and secret, its tenant, and sentinel.cloud";
    }
}
