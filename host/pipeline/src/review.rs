//! What a module would do, before anybody approves it.

use bailiwick_engine::Candidate;
use bailiwick_governance::{Bindings, Plan};
use bailiwick_terms::{Grants, Limits, ModuleName, ProductName};

use crate::catalog::Reviewing;
use crate::pipeline::shown;
use crate::{Pipeline, PipelineError};

/// A module under review.
#[derive(Debug)]
pub struct Review {
    /// What it says of itself, as it would be admitted.
    pub candidate: Candidate,
    /// What it would do in the products that use it.
    pub uses: Vec<Use>,
}

/// What a module under review would do in a product.
#[derive(Debug)]
pub struct Use {
    /// The product.
    pub product: ProductName,
    /// The version that the product's bindings name instead, if they name another.
    pub instead_of: Option<ModuleName>,
    /// The product's plan with it, or why there would be none.
    pub plan: Result<Plan, PipelineError>,
}

impl Pipeline {
    /// Admits a module as if it were approved with these grants and limits, and derives what
    /// it would do in every product that uses it, or that uses another version of it. Nothing
    /// of it is given data.
    ///
    /// # Errors
    /// [`PipelineError::Trust`] if no domain signed it, [`PipelineError::Engine`] if it would
    /// not be admitted.
    pub fn review(
        &self,
        name: &ModuleName,
        grants: &Grants,
        limits: &Limits,
    ) -> Result<Review, PipelineError> {
        let bytes = self.repository().unapproved(name)?;
        // Before there is a framework, nothing is capped.
        let cap = self.framework(&mut shown).map_or_else(|_| limits.clone(), |it| it.limits);
        let candidate = self
            .engine()
            .candidate(name, &bytes, grants, &limits.capped_by(&cap))
            .map_err(PipelineError::Engine)?;
        let mut uses = Vec::new();
        for product in self.products().found {
            let Ok(mut bindings) = self.bindings(&product, &mut shown) else { continue };
            let mut instead_of = None;
            let mut used = false;
            for policy in &mut bindings.policies {
                if policy.module.unversioned() == name.unversioned() {
                    used = true;
                    if policy.module != *name {
                        instead_of = Some(std::mem::replace(&mut policy.module, name.clone()));
                    }
                }
            }
            if used {
                let plan = self.plan_reviewing(&bindings, name, &candidate);
                uses.push(Use { product, instead_of, plan });
            }
        }
        Ok(Review { candidate, uses })
    }

    fn plan_reviewing(
        &self,
        bindings: &Bindings,
        name: &ModuleName,
        candidate: &Candidate,
    ) -> Result<Plan, PipelineError> {
        let framework = self.framework(&mut shown)?;
        let contract = self.contract(&bindings.product, &mut shown)?;
        let others = self.catalog(&framework);
        self.plan_with(&contract, bindings, &framework, &Reviewing { others, name, candidate })
    }
}
