//! Requests that some proxies do not let through.

use super::Site;
use crate::system::{Answer, Ask, AskError};
use crate::verify::outcome::{Outcome, Trial, Verdict};
use crate::verify::words::{asked, unreachable};

/// Over the 1 MiB that nginx lets through where nothing is said, and under the 2 MiB of a refused body that Tomcat
/// still reads before it hangs up.
const UPLOAD: u64 = 1_600_000;
/// The permissions of a user of a data source that does not exist, and no token: Guacamole refuses it by its own words.
const PERMISSIONS: &str = "api/session/data/guacfront/users/guacfront/permissions";
/// A stream of a tunnel that does not exist: nothing is stored, and it counts as no login.
const STREAM: &str = "api/session/tunnels/guacfront/streams/0/trial";

impl Site<'_> {
    /// Guacamole's settings are saved by PATCH; what a proxy refuses looks like a missing permission.
    pub(super) fn patch(&self) -> Outcome {
        let answer = self.ask(&Ask::patch(&self.path(PERMISSIONS)));
        let evidence = asked("PATCH", &self.url(PERMISSIONS), &answer);
        let server = self.place.title();
        let fail = |next: String| self.outcome(Trial::Patch, Verdict::Fail, evidence.clone()).with_next(next);
        let answer = match &answer {
            Ok(answer) => answer,
            Err(error) => return fail(unreachable(error, server)),
        };
        let straight = self.backend.and_then(|backend| backend.ask(self.system, Ask::patch, PERMISSIONS));
        let is_object =
            |answer: &Answer| serde_json::from_slice::<serde_json::Map<_, _>>(&answer.body).is_ok();
        // Guacamole itself says 403 to who has no token, as a frontend does to a method that it denies; its own is JSON.
        let is_same = |straight: &Answer| {
            straight.status == answer.status && (is_object(answer) || !is_object(straight))
        };
        let is_guacamoles = straight.as_ref().map_or_else(|| is_object(answer), is_same);
        if is_guacamoles {
            return self.outcome(Trial::Patch, Verdict::Pass, evidence);
        }
        let straight = straight.map(|straight| match straight.status {
            same if same == answer.status => format!(" with a {same} of its own"),
            other => format!(" (Tomcat itself says {other})"),
        });
        fail(format!(
            "{server} refuses it{}: connections and users cannot be saved. Look for limit_except, <Limit> or a web \
             application firewall",
            straight.unwrap_or_default()
        ))
    }

    pub(super) fn slash(&self) -> Outcome {
        let Some(bare) = self.place.path.strip_suffix('/').filter(|bare| !bare.is_empty()) else {
            return self.outcome(Trial::Slash, Verdict::Pass, "the public path is /, there is no other form");
        };
        let answer = self.ask(&Ask::get(bare));
        let evidence = asked("GET", self.url.trim_end_matches('/'), &answer);
        let fail = |next: &str| self.outcome(Trial::Slash, Verdict::Fail, evidence.clone()).with_next(next);
        match &answer {
            Ok(answer) if matches!(answer.status, 301 | 302 | 303 | 307 | 308) => {
                let to = answer.header("location").unwrap_or_default();
                if to == self.place.path || to == self.url {
                    self.outcome(Trial::Slash, Verdict::Pass, evidence)
                } else {
                    fail("it leads somewhere else: people who leave the slash out do not arrive")
                }
            }
            Ok(_) => fail("people who leave the slash out do not arrive: a redirect is missing"),
            Err(error) => fail(&unreachable(error, self.place.title())),
        }
    }

    pub(super) fn upload(&self) -> Outcome {
        let limit = self.target.max_upload;
        if limit.bytes().is_some_and(|bytes| bytes < UPLOAD) {
            return self.outcome(Trial::Upload, Verdict::Skipped, format!("the limit asked for is {limit}"));
        }
        let answer = self.ask(&Ask::post(&self.path(STREAM), UPLOAD));
        let evidence = format!("{} ({UPLOAD} bytes)", asked("POST", &self.url(STREAM), &answer));
        match &answer {
            Ok(answer) if answer.status == 413 => {
                self.outcome(Trial::Upload, Verdict::Fail, evidence).with_next(
                    "the frontend refuses the size: client_max_body_size is too small, here or further out",
                )
            }
            // A check beside it that is asked with the upload's length, as auth_request is, may refuse the size: that is 500.
            Ok(answer) if answer.status >= 500 => {
                self.outcome(Trial::Upload, Verdict::Fail, evidence).with_next(
                    "it fails with a larger body: look at the frontend's error log; where nginx asks by auth_request, that \
                     one's location needs a client_max_body_size as large",
                )
            }
            Ok(_) => self.outcome(Trial::Upload, Verdict::Pass, evidence),
            Err(AskError::Broken(_)) => self.outcome(Trial::Upload, Verdict::Warn, evidence).with_next(
                "the connection ended before an answer came: a frontend that refuses the size does that, its error log \
                 says so",
            ),
            Err(error) => self
                .outcome(Trial::Upload, Verdict::Fail, evidence)
                .with_next(unreachable(error, self.place.title())),
        }
    }
}
