package io.tapsentinel.tap.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.junit.jupiter.api.Test;

class TapRefusedExceptionTest {

    @Test
    void refusalIsFoundInBothForms() {
        assertThat(TapRefusedException.of(new TapRefusedException(401, "no")).status())
                .isEqualTo(401);
        assertThat(TapRefusedException.of(
                        new HttpOperationFailedException("http://tap", 429, "Too many", null, Map.of(), "slow down")))
                .hasMessage("TAP answered 429: slow down")
                .matches(refused -> refused.status() == 429);
        assertThat(TapRefusedException.of(new IllegalStateException("stopped"))).isNull();
    }
}
