package io.tapsentinel.sentinel.azure;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import io.tapsentinel.net.SafeMessage;
import io.tapsentinel.process.FatalErrors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Signs in to Azure with the first identity that gets a token. This identity is kept as long as the process lives: a
 * temporary failure must not switch to another one. Thread-safe.
 */
public final class SignIn {

    private static final Logger LOG = LoggerFactory.getLogger(SignIn.class);

    /** Maximum length of one reason in a list of several. */
    private static final int LONGEST_REASON = 160;

    private final List<Identity> identities;
    private volatile Identity chosen;

    /** @param identities in the order in which they are tried */
    public SignIn(List<Identity> identities) {
        this.identities = identities;
    }

    /**
     * A credential that starts without a token. It throws {@link SignInException} if it gets none.
     *
     * @param scope scope of its tokens, whatever a client requests: Azure's clients request the public cloud's
     */
    public TokenCredential session(String scope) {
        ManagedIdentity.forgetTokens();
        return new Session(scope);
    }

    /** Name of the identity in use; empty before the first token. */
    public Optional<String> chosen() {
        return Optional.ofNullable(chosen).map(Identity::name);
    }

    /** Keeps one credential and its tokens. */
    private final class Session implements TokenCredential {

        private final String scope;
        private TokenCredential credential;

        Session(String scope) {
            this.scope = scope;
        }

        @Override
        public Mono<AccessToken> getToken(TokenRequestContext request) {
            return Mono.fromCallable(() -> getTokenSync(request));
        }

        @Override
        public synchronized AccessToken getTokenSync(TokenRequestContext request) {
            List<String> tried = new ArrayList<>();
            for (Identity identity : chosen == null ? identities : List.of(chosen)) {
                Optional<String> absent = chosen == null ? identity.absent().get() : Optional.empty();
                if (absent.isPresent()) {
                    tried.add(identity.name() + " (" + absent.get() + ")");
                    continue;
                }
                try {
                    return token(identity, request);
                } catch (RuntimeException e) {
                    FatalErrors.rethrowErrorIn(e);
                    if (chosen != null || identity.certain()) {
                        throw new SignInException(
                                "Azure sign-in with " + identity.name() + " failed: " + SafeMessage.of(e), true, e);
                    }
                    String reason = SafeMessage.of(e);
                    tried.add(identity.name() + " (" + reason.substring(0, Math.min(reason.length(), LONGEST_REASON))
                            + ")");
                }
            }
            throw new SignInException(
                    "no Azure identity found. Tried: " + String.join(", ", tried)
                            + ". Set the variables of one of them, or set AZURE_TOKEN_CREDENTIALS to the one to use",
                    false,
                    null);
        }

        private AccessToken token(Identity identity, TokenRequestContext request) {
            TokenCredential asked = credential == null ? identity.credential().get() : credential;
            AccessToken token = asked.getTokenSync(scoped(request));
            credential = asked;
            choose(identity);
            return token;
        }

        private TokenRequestContext scoped(TokenRequestContext request) {
            return new TokenRequestContext()
                    .addScopes(scope)
                    .setClaims(request.getClaims())
                    .setTenantId(request.getTenantId())
                    .setCaeEnabled(request.isCaeEnabled());
        }
    }

    private synchronized void choose(Identity identity) {
        if (chosen == null) {
            chosen = identity;
            LOG.info("signed in to Azure with {}", identity.name());
        }
    }
}
